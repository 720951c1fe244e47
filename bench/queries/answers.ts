/**
 * The answers to the jobs, written by hand for these jobs only, without GraphQL. They validate and refuse nothing,
 * which no server may do in production.
 */
import type { JobName } from './jobs.ts';

interface Recording {
  readonly id: string;
  readonly meetingId: string;
  readonly createdDateTime: string;
  readonly endDateTime: string;
  readonly recordingContentUrl: string;
  readonly meetingOrganizer: { readonly user: { readonly id: string } };
}

interface Meeting {
  readonly id: string;
  readonly subject: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly joinWebUrl: string;
}

interface Collection {
  readonly value: readonly Recording[];
}

type Variables = Readonly<Record<string, string>> & {
  readonly representations: readonly { meetingOrganizerId: string; meetingId: string; id: string }[];
};

/** Requests to Graph. Replies are not validated. */
export interface Ask {
  /** Fetches one path below the version root. */
  readonly get: <Value>(path: string) => Promise<Value>;
  /** Fetches up to twenty paths together, and resolves to the replies in the same order. */
  readonly getTwenty: <Value>(paths: readonly string[]) => Promise<Value[]>;
}

/** The function that answers each job: from a request's variables to the data of its answer. */
export type Answers = Readonly<Record<JobName, (variables: Variables) => Promise<unknown>>>;

/** A request, the same for every contestant. Handwritten answers ignore its document. */
export interface Question {
  readonly operationName: JobName;
  readonly variables: Variables;
}

const MOST_PARTS = 20;

function meetingPath(organizer: string, id: string): string {
  return `/users/${organizer}/onlineMeetings/${encodeURIComponent(id)}`;
}

function recordingPath(organizer: string, meeting: string, id: string): string {
  return `${meetingPath(organizer, meeting)}/recordings/${encodeURIComponent(id)}`;
}

/** Creates the functions that answer each job, with as few requests and round trips to Graph as possible. */
export function createAnswers({ get, getTwenty }: Ask): Answers {
  async function getAll<Value>(paths: readonly string[]): Promise<Value[]> {
    const starts = Array.from({ length: Math.ceil(paths.length / MOST_PARTS) }, (_, index) => index * MOST_PARTS);
    return (await Promise.all(starts.map((from) => getTwenty<Value>(paths.slice(from, from + MOST_PARTS))))).flat();
  }

  return {
    async OneRecording({ organizer = '', meeting = '', id = '' }) {
      const recording = await get<Recording>(recordingPath(organizer, meeting, id));
      const path = `/users/${recording.meetingOrganizer.user.id}?$select=id,displayName,userPrincipalName`;
      const user = await get<{ id: string; displayName: string }>(path);
      const { createdDateTime, endDateTime } = recording;
      const meetingOrganizer = { user: { id: user.id, displayName: user.displayName } };
      return { callRecording: { id: recording.id, createdDateTime, endDateTime, meetingOrganizer } };
    },
    async HundredRecordings({ organizer = '' }) {
      const { value } = await get<Collection>(
        `/users/${organizer}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${organizer}')`,
      );
      const ids = [...new Set(value.map(({ meetingId }) => meetingId))];
      const meetings = await getAll<Meeting>(ids.map((id) => meetingPath(organizer, id)));
      const byId = new Map(
        meetings.map(({ id, subject, startDateTime, endDateTime, joinWebUrl }) => [
          id,
          { id, subject, startDateTime, endDateTime, joinWebUrl },
        ]),
      );
      const nodes = value.map(({ id, createdDateTime, endDateTime, meetingOrganizer, meetingId }) => ({
        id,
        createdDateTime,
        endDateTime,
        meetingOrganizer: { user: { id: meetingOrganizer.user.id } },
        meeting: byId.get(meetingId),
      }));
      return { callRecordings: { nodes } };
    },
    async TwentyMeetings({ organizer = '', ...ids }) {
      const names = Object.keys(ids).filter((name) => name !== 'representations');
      const paths = names.map((name) => meetingPath(organizer, ids[name] ?? ''));
      const [meetings, recordings] = await Promise.all([
        getAll<Meeting>(paths),
        getAll<Collection>(paths.map((path) => `${path}/recordings`)),
      ]);
      const fields = names.map((name, index) => {
        const nodes = recordings[index]?.value.map(({ id, createdDateTime, endDateTime }) => ({
          id,
          createdDateTime,
          endDateTime,
        }));
        return [name, { id: meetings[index]?.id, subject: meetings[index]?.subject, recordings: { nodes } }];
      });
      return Object.fromEntries(fields);
    },
    async HundredEntities({ representations }) {
      const recordings = await getAll<Recording>(
        representations.map(({ meetingOrganizerId, meetingId, id }) =>
          recordingPath(meetingOrganizerId, meetingId, id),
        ),
      );
      return {
        _entities: recordings.map(({ id, createdDateTime, endDateTime, recordingContentUrl }) => ({
          id,
          createdDateTime,
          endDateTime,
          recordingContentUrl,
        })),
      };
    },
  };
}
