import { describe, expect, it } from 'vitest';
import { startEntra } from '../test/support/entra.ts';
import { findFreePort } from '../test/support/free-port.ts';
import { at, listAt } from '../test/support/gateway.ts';
import { listen, readDelta } from '../test/support/live.ts';
import type { Door } from '../test/support/live.ts';
import { startHive } from './routers/hive.ts';
import type { HiveOptions } from './routers/hive.ts';
import { startSupergraph } from './supergraph.ts';
import type { Supergraph, SupergraphOptions } from './supergraph.ts';

const LISTEN = `subscription ($organizer: ID!, $since: String) {
  callRecordingDelta(meetingOrganizerId: $organizer, since: $since) {
    added { id meeting { subject event { location organizer { jobTitle } } } }
    token
    behind
    resync
    hasMore
  }
}`;

const AUTHORIZATION = '{context.headers.authorization}';

/** The protocols by which the router subscribes to our subgraph. */
const TRANSPORTS: Readonly<Record<string, (port: number) => HiveOptions>> = {
  'Server-Sent Events': () => ({}),
  WebSocket: () => subscribingBy({ kind: 'ws', options: { connectionParams: { authorization: AUTHORIZATION } } }),
  'HTTP callbacks': (port) =>
    subscribingBy({
      kind: 'http-callback',
      headers: [['authorization', AUTHORIZATION]],
      options: { path: '/callback', public_url: callbackUrl(port), heartbeat_interval: HEARTBEAT_MS },
    }),
};

/** The heartbeat interval that the router demands over callbacks. */
const HEARTBEAT_MS = 5_000;

function callbackUrl(port: number): string {
  return `http://127.0.0.1:${port}/callback`;
}

function subscribingBy(subscriptions: object): HiveOptions {
  return { transportEntries: { recordings: { options: { subscriptions } } } };
}

const WAYS = Object.entries(TRANSPORTS).flatMap(([transport, optionsFor]) =>
  (['events', 'websocket'] satisfies Door[]).map((door) => ({ transport, door, optionsFor })),
);

describe.each(WAYS)(
  'Through Hive Gateway, with subscriptions to the gateway over $transport and of clients over $door',
  (way) => {
    const { door, optionsFor } = way;

    async function startBoth({
      config,
      ...options
    }: SupergraphOptions): Promise<{ readonly supergraph: Supergraph; readonly url: string }> {
      const port = await findFreePort();
      const supergraph = await startSupergraph({
        ...options,
        config: { ...config, callbackUrls: [callbackUrl(port)] },
      });
      const { url } = await startHive(supergraph, { port, ...optionsFor(port) });
      return { supergraph, url };
    }

    it('a recording is sent when it is added, with the fields of the other subgraphs', async () => {
      const { supergraph, url } = await startBoth({ tenant: { users: 1, meetings: 2, recordings: 2 } });
      const { organizer, recordings } = supergraph;
      const { addRecording, tenant } = recordings.emulator;
      const listening = listen(LISTEN, { door, url, variables: { organizer } });
      const first = readDelta(await listening.next());
      expect(first.ids).toEqual(tenant.recordings.map(({ id }) => id));
      for (const [index, meeting] of tenant.meetings.entries()) {
        const { id } = addRecording({ meetingId: meeting.id });
        const event = await listening.next();
        expect(readDelta(event).ids).toEqual([id]);
        expect(at(event.data, 'callRecordingDelta.added')).toEqual([
          {
            id,
            meeting: {
              subject: meeting.subject,
              event: { location: `Room ${index}`, organizer: { jobTitle: tenant.users[0]?.jobTitle } },
            },
          },
        ]);
      }
    });

    it('a client that unsubscribes aborts the requests to Graph for it', async () => {
      const { supergraph, url } = await startBoth({ tenant: { users: 1, meetings: 1, recordings: 1 } });
      const { organizer, recordings } = supergraph;
      const { addRecording, clearRequests, hold, requests, tenant } = recordings.emulator;
      const meetingId = tenant.meetings[0]?.id ?? '';
      const listening = listen(LISTEN, { door, url, variables: { organizer, since: 'now' } });
      await listening.next();
      const held = hold({ path: `/onlineMeetings/${meetingId}` });
      clearRequests();
      addRecording({ meetingId });
      await held.arrived(1);
      await listening.leave();
      // Over callbacks the gateway learns of it at its next heartbeat.
      const aborted = (): string[] => requests.flatMap((one) => (one.aborted ? [one.url] : []));
      await expect.poll(aborted, { timeout: 4 * HEARTBEAT_MS }).toEqual([expect.stringContaining('/onlineMeetings/')]);
    });

    it('the gateway authorizes the subscriber of the router', async () => {
      const entra = await startEntra();
      const authorization = `Bearer ${await entra.issue()}`;
      const { supergraph, url } = await startBoth({
        tenant: { users: 0, meetings: 0, recordings: 0 },
        config: {
          callers: { authority: entra.authority, tenantIds: [entra.tenantId], audiences: [entra.clientId] },
          graphCertificateAuthority: entra.certificateAuthority,
        },
        headers: { authorization },
      });
      const { addMeeting, addRecording, addUser } = supergraph.recordings.emulator;
      addUser({ id: entra.userId });
      addMeeting({ id: 'a-meeting', organizerId: entra.userId });
      const { id } = addRecording({ meetingId: 'a-meeting' });
      const query = LISTEN;
      const granted = listen(query, { door, url, authorization, variables: { organizer: entra.userId } });
      expect(listAt((await granted.next()).data, 'callRecordingDelta.added').map((one) => at(one, 'id'))).toEqual([id]);
      const other = listen(query, { door, url, authorization, variables: { organizer: entra.clientId } });
      expect(await other.next()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      // The router's wording of an unauthenticated request is its own.
      const anonymous = await listen(query, { door, url, variables: { organizer: entra.userId } }).next();
      expect(anonymous.data ?? null).toBeNull();
      expect(anonymous.errors).toHaveLength(1);
    });
  },
);
