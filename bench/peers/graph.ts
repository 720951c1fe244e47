/** The Graph access of every peer: an operation's simultaneous requests go in batches of twenty, none of them twice. */
import DataLoader from 'dataloader';
import { Pool } from 'undici';
import { CONNECTIONS, readSettings } from '../queries/settings.ts';

const HEADERS = { accept: 'application/json', authorization: 'Bearer bench' };

/** https://learn.microsoft.com/en-us/graph/json-batching#batch-size-limitations */
export const MOST_PARTS = 20;

/** A resource as Graph prints it. It is not validated. */
export type Resource = Readonly<Record<string, unknown>>;

export interface Graph {
  /** Fetches the resources at these paths below the version root, at most twenty, in their order. */
  readonly getTogether: (paths: readonly string[]) => Promise<Resource[]>;
  /** Creates the loader of one operation, keyed by path. */
  readonly createLoader: () => DataLoader<string, Resource>;
}

/** Opens connections to the Graph named by the environment. */
export function openGraph(): Graph {
  const pool = new Pool(readSettings().graphUrl, { connections: CONNECTIONS });

  async function getAlone(path: string): Promise<Resource> {
    const { body } = await pool.request({ method: 'GET', path: `/v1.0${path}`, headers: HEADERS });
    const resource: Resource = JSON.parse(await body.text());
    return resource;
  }

  async function getTogether(paths: readonly string[]): Promise<Resource[]> {
    const [first = ''] = paths;
    if (paths.length === 1) return [await getAlone(first)];
    const { body } = await pool.request({
      method: 'POST',
      path: '/v1.0/$batch',
      headers: { ...HEADERS, 'content-type': 'application/json' },
      body: JSON.stringify({ requests: paths.map((url, index) => ({ id: String(index), method: 'GET', url })) }),
    });
    const { responses }: { responses: readonly { id: string; body: Resource }[] } = JSON.parse(await body.text());
    const resources: Resource[] = [];
    for (const response of responses) resources[Number(response.id)] = response.body;
    return resources;
  }

  return {
    getTogether,
    createLoader: () => new DataLoader(getTogether, { maxBatchSize: MOST_PARTS }),
  };
}

/** The members of a recording that locate its meeting. */
export interface Recording {
  readonly meetingId: string;
  readonly meetingOrganizer: { readonly user: { readonly id: string } };
}

/** The path of a recording's meeting. */
export function meetingPathOf({ meetingId, meetingOrganizer }: Recording): string {
  return meetingPath(meetingOrganizer.user.id, meetingId);
}

/** The path of a meeting. */
export function meetingPath(organizer: string, meeting: string): string {
  return `/users/${organizer}/onlineMeetings/${encodeURIComponent(meeting)}`;
}

/** The path of a recording. */
export function recordingPath(organizer: string, meeting: string, recording: string): string {
  return `${meetingPath(organizer, meeting)}/recordings/${encodeURIComponent(recording)}`;
}

/** The path of all recordings of an organizer. */
export function recordingsPath(organizer: string): string {
  return `/users/${organizer}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${organizer}')`;
}

/** The path of a user, with the selected members. */
export function userPath(user: string): string {
  return `/users/${user}?$select=id,displayName,userPrincipalName`;
}
