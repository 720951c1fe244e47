/** The measured queries: each job is one document. Each operation has its own organizer, so nothing is shared. */
import { MEETINGS, meetingId, meetingOf, ORGANIZER, recordingId, template } from './tenant.ts';

/** The names of the jobs, which are also their operation names. */
export const JOB_NAMES = ['OneRecording', 'HundredRecordings', 'TwentyMeetings', 'HundredEntities'] as const;

export type JobName = (typeof JOB_NAMES)[number];

export interface Job {
  readonly name: JobName;
  readonly title: string;
  readonly document: string;
  /** With the placeholder instead of the organizer's id. */
  readonly variables: Readonly<Record<string, unknown>>;
}

const RECORDINGS = 2 * MEETINGS;
const ALIASES = 20;

/** The numbers from 0 to `count - 1`. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

export const jobs: Readonly<Record<JobName, Job>> = {
  OneRecording: {
    name: 'OneRecording',
    title: 'One recording with the name of its organizer',
    document: `query OneRecording($organizer: ID!, $meeting: ID!, $id: ID!) {
      callRecording(meetingOrganizerId: $organizer, meetingId: $meeting, id: $id) {
        id createdDateTime endDateTime meetingOrganizer { user { id displayName } }
      }
    }`,
    variables: { organizer: ORGANIZER, meeting: meetingId(0), id: recordingId(0) },
  },
  HundredRecordings: {
    name: 'HundredRecordings',
    title: '100 recordings with 50 meetings, and the ids of organizers',
    document: `query HundredRecordings($organizer: ID!) {
      callRecordings(meetingOrganizerId: $organizer, first: 100) {
        nodes {
          id createdDateTime endDateTime meetingOrganizer { user { id } }
          meeting { id subject startDateTime endDateTime joinWebUrl }
        }
      }
    }`,
    variables: { organizer: ORGANIZER },
  },
  TwentyMeetings: {
    name: 'TwentyMeetings',
    title: '20 meetings with their recordings',
    document: `query TwentyMeetings($organizer: ID!, ${numbers(ALIASES)
      .map((meeting) => `$m${meeting}: ID!`)
      .join(', ')}) {${numbers(ALIASES)
      .map(
        (meeting) => `
      m${meeting}: onlineMeeting(organizerId: $organizer, id: $m${meeting}) {
        id subject recordings { nodes { id createdDateTime endDateTime } }
      }`,
      )
      .join('')}
    }`,
    variables: {
      organizer: ORGANIZER,
      ...Object.fromEntries(numbers(ALIASES).map((meeting) => [`m${meeting}`, meetingId(meeting)])),
    },
  },
  HundredEntities: {
    name: 'HundredEntities',
    title: '100 recordings as a router requests them, through `_entities`',
    document: `query HundredEntities($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on CallRecording { id createdDateTime endDateTime recordingContentUrl }
      }
    }`,
    variables: {
      representations: numbers(RECORDINGS).map((recording) => ({
        __typename: 'CallRecording',
        meetingOrganizerId: ORGANIZER,
        meetingId: meetingId(meetingOf(recording)),
        id: recordingId(recording),
      })),
    },
  },
};

/** Creates a function from an organizer to the request body of a job. */
export function requestBody({ name, document, variables }: Job): (organizer: string) => string {
  return template(JSON.stringify({ operationName: name, query: document, variables }));
}
