/**
 * The program of the limit: what a server would do that is written for these jobs alone. It knows each by its name, asks for
 * what it needs by `undici`, in as few round trips as can be, with a `$batch` of its own for each twenty, and prints the
 * same JSON as everybody, with no GraphQL. It believes what comes and refuses nothing, which no real server may.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { Pool } from 'undici';
import { z } from 'zod';
import { CONNECTIONS } from './connections.ts';
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

interface Question {
  readonly operationName: JobName;
  readonly variables: Readonly<Record<string, string>> & {
    readonly representations: readonly { meetingOrganizerId: string; meetingId: string; id: string }[];
  };
}

const MOST_PARTS = 20;
const HEADERS = { accept: 'application/json', authorization: 'Bearer bench' };

const settings = z.object({ PORT: z.coerce.number(), GRAPH_BASE_URL: z.string() });

// It is a program of its own, and is told what it needs as every server is.
// oxlint-disable-next-line node/no-process-env
const { PORT, GRAPH_BASE_URL } = settings.parse(process.env);
const pool = new Pool(GRAPH_BASE_URL, { connections: CONNECTIONS });

async function get<Value>(path: string): Promise<Value> {
  const { body } = await pool.request({ method: 'GET', path: `/v1.0${path}`, headers: HEADERS });
  const value: Value = JSON.parse(await body.text());
  return value;
}

async function getTwenty<Value>(paths: readonly string[]): Promise<Value[]> {
  const { body } = await pool.request({
    method: 'POST',
    path: '/v1.0/$batch',
    headers: { ...HEADERS, 'content-type': 'application/json' },
    body: JSON.stringify({ requests: paths.map((url, index) => ({ id: String(index), method: 'GET', url })) }),
  });
  const { responses }: { responses: readonly { id: string; body: Value }[] } = JSON.parse(await body.text());
  const values: Value[] = [];
  for (const response of responses) values[Number(response.id)] = response.body;
  return values;
}

async function getAll<Value>(paths: readonly string[]): Promise<Value[]> {
  const starts = Array.from({ length: Math.ceil(paths.length / MOST_PARTS) }, (_, index) => index * MOST_PARTS);
  return (await Promise.all(starts.map((from) => getTwenty<Value>(paths.slice(from, from + MOST_PARTS))))).flat();
}

function meetingPath(organizer: string, id: string): string {
  return `/users/${organizer}/onlineMeetings/${encodeURIComponent(id)}`;
}

function recordingPath(organizer: string, meeting: string, id: string): string {
  return `${meetingPath(organizer, meeting)}/recordings/${encodeURIComponent(id)}`;
}

/** What answers each job. */
const answers: Readonly<Record<JobName, (variables: Question['variables']) => Promise<unknown>>> = {
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
      representations.map(({ meetingOrganizerId, meetingId, id }) => recordingPath(meetingOrganizerId, meetingId, id)),
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

async function answer(question: Buffer, response: ServerResponse): Promise<void> {
  const { operationName, variables }: Question = JSON.parse(question.toString());
  const body = Buffer.from(JSON.stringify({ data: await answers[operationName](variables) }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  // Whatever fails ends the process, and so the benchmark.
  request.on('end', () => void answer(Buffer.concat(chunks), response));
});
// Whoever keeps a connection for the next slice must not find it closed.
server.keepAliveTimeout = 600_000;
server.listen(PORT, '127.0.0.1', () => process.stdout.write('listening\n'));
