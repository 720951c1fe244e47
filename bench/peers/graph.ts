/** How every peer asks Graph: what one operation needs at the same time goes in batches of twenty, and nothing twice. */
import DataLoader from 'dataloader';
import { Pool } from 'undici';
import { CONNECTIONS, readSettings } from '../queries/settings.ts';

const HEADERS = { accept: 'application/json', authorization: 'Bearer bench' };

/** https://learn.microsoft.com/en-us/graph/json-batching#batch-size-limitations */
export const MOST_PARTS = 20;

/** A resource as Graph prints it. It is believed: no peer reads more of it than is asked. */
export type Resource = Readonly<Record<string, unknown>>;

export interface Graph {
  /** Gives the resources at these paths below the version root, at most twenty, in their order. */
  readonly getTogether: (paths: readonly string[]) => Promise<Resource[]>;
  /** Makes the loader of one operation, by paths. */
  readonly createLoader: () => DataLoader<string, Resource>;
}

/** Opens the way to the Graph that the environment names. */
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

/** What of a recording says where its meeting is. */
export interface Recording {
  readonly meetingId: string;
  readonly meetingOrganizer: { readonly user: { readonly id: string } };
}

/** Where the meeting of a recording is. */
export function meetingPathOf({ meetingId, meetingOrganizer }: Recording): string {
  return meetingPath(meetingOrganizer.user.id, meetingId);
}

/** Where a meeting is. */
export function meetingPath(organizer: string, meeting: string): string {
  return `/users/${organizer}/onlineMeetings/${encodeURIComponent(meeting)}`;
}

/** Where a recording is. */
export function recordingPath(organizer: string, meeting: string, recording: string): string {
  return `${meetingPath(organizer, meeting)}/recordings/${encodeURIComponent(recording)}`;
}

/** Where all recordings of an organizer are. */
export function recordingsPath(organizer: string): string {
  return `/users/${organizer}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${organizer}')`;
}

/** Where a user is, with what is asked of them. */
export function userPath(user: string): string {
  return `/users/${user}?$select=id,displayName,userPrincipalName`;
}
