import { describe, expect, it } from 'vitest';
import { startEntra } from '../test/support/entra.ts';
import { at, listAt } from '../test/support/gateway.ts';
import { listen, readDelta } from '../test/support/live.ts';
import type { Door } from '../test/support/live.ts';
import { startHive } from './routers/hive.ts';
import type { HiveOptions } from './routers/hive.ts';
import { startSupergraph } from './supergraph.ts';

const LISTEN = `subscription ($organizer: ID!, $since: String) {
  callRecordingDelta(meetingOrganizerId: $organizer, since: $since) {
    added { id meeting { subject event { location organizer { jobTitle } } } }
    token
    behind
    resync
    hasMore
  }
}`;

/** How the router asks our subgraph for what has many answers. */
const TRANSPORTS: Readonly<Record<string, HiveOptions>> = {
  'Server-Sent Events': {},
  WebSocket: {
    transportEntries: {
      recordings: {
        options: {
          subscriptions: {
            kind: 'ws',
            options: { connectionParams: { authorization: '{context.headers.authorization}' } },
          },
        },
      },
    },
  },
};

const WAYS = Object.entries(TRANSPORTS).flatMap(([transport, options]) =>
  (['events', 'websocket'] satisfies Door[]).map((door) => ({ transport, door, options })),
);

describe.each(WAYS)(
  'Through Hive Gateway, which listens to us over $transport and is listened to over $door',
  (way) => {
    const { door, options } = way;

    it('what is added is told as it happens, with what the other subgraphs know of it', async () => {
      const supergraph = await startSupergraph({ tenant: { users: 1, meetings: 2, recordings: 2 } });
      const { organizer, recordings } = supergraph;
      const { addRecording, tenant } = recordings.emulator;
      const { url } = await startHive(supergraph, options);
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

    it('who leaves stops what is being asked of Graph for them', async () => {
      const supergraph = await startSupergraph({ tenant: { users: 1, meetings: 1, recordings: 1 } });
      const { organizer, recordings } = supergraph;
      const { addRecording, clearRequests, hold, requests, tenant } = recordings.emulator;
      const meetingId = tenant.meetings[0]?.id ?? '';
      const { url } = await startHive(supergraph, options);
      const listening = listen(LISTEN, { door, url, variables: { organizer, since: 'now' } });
      await listening.next();
      const held = hold({ path: `/onlineMeetings/${meetingId}` });
      clearRequests();
      addRecording({ meetingId });
      await held.arrived(1);
      await listening.leave();
      await expect
        .poll(() => requests.filter(({ aborted }) => aborted).map(({ url: path }) => path))
        .toEqual([expect.stringContaining('/onlineMeetings/')]);
    });

    it('the caller is who listens to the router', async () => {
      const entra = await startEntra();
      const authorization = `Bearer ${await entra.issue()}`;
      const supergraph = await startSupergraph({
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
      const { url } = await startHive(supergraph, options);
      const query = LISTEN;
      const granted = listen(query, { door, url, authorization, variables: { organizer: entra.userId } });
      expect(listAt((await granted.next()).data, 'callRecordingDelta.added').map((one) => at(one, 'id'))).toEqual([id]);
      const other = listen(query, { door, url, authorization, variables: { organizer: entra.clientId } });
      expect(await other.next()).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      // In which words the router says that nobody is asking is its own.
      const anonymous = await listen(query, { door, url, variables: { organizer: entra.userId } }).next();
      expect(anonymous.data ?? null).toBeNull();
      expect(anonymous.errors).toHaveLength(1);
    });
  },
);
