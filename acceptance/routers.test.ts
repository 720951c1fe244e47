import { describe, expect, it } from 'vitest';
import { startEntra } from '../test/support/entra.ts';
import type { TestGateway } from '../test/support/gateway.ts';
import { openTap } from '../test/support/tap.ts';
import { startApolloGateway } from './routers/apollo-gateway.ts';
import { startGrafbase } from './routers/grafbase.ts';
import { startHive, startHiveWithRouterPlanner } from './routers/hive.ts';
import { ask } from './routers/router.ts';
import type { StartRouter } from './routers/router.ts';
import { startSupergraph } from './supergraph.ts';

/**
 * `detour`: the router's requests in addition to the list when it resolves an identity's user. Hive Gateway's own
 * planner requests each recording again, because only a recording has a key.
 */
const ROUTERS: [name: string, start: StartRouter, detour: string[]][] = [
  ['Apollo Gateway', (supergraph) => startApolloGateway(supergraph), []],
  ['Hive Gateway', (supergraph) => startHive(supergraph), ['POST /v1.0/$batch of 20']],
  ['Hive Gateway with the planner of Hive Router', (supergraph) => startHiveWithRouterPlanner(supergraph), []],
  ['Grafbase Gateway', (supergraph) => startGrafbase(supergraph), []],
];

const FROM_RECORDINGS = `query ($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 100) {
    nodes {
      id
      meeting { subject event { location organizer { displayName jobTitle mail } } }
    }
  }
}`;

const FROM_IDENTITIES = `query ($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 100) { nodes { meetingOrganizer { user { user { mail } } } } }
}`;

const FROM_CALENDAR = `query ($organizer: ID!) {
  events(organizerId: $organizer) {
    location
    organizer { displayName jobTitle }
    onlineMeeting { subject recordings { nodes { id } } }
  }
}`;

const FROM_USERS = `query ($mail: String!) {
  person(mail: $mail) {
    jobTitle
    userPrincipalName
    callRecordings(first: 100) { nodes { id meeting { subject event { location } } } }
  }
}`;

/** The fields of each meeting from the recordings and the calendar, by meeting id. */
function meetingsOf({ emulator }: TestGateway, organizer?: object): Map<string, object> {
  const withOrganizer = organizer === undefined ? {} : { organizer };
  return new Map(
    emulator.tenant.meetings.map(({ id, subject }, index) => [
      id,
      { subject, event: { location: `Room ${index}`, ...withOrganizer } },
    ]),
  );
}

describe.each(ROUTERS)('Through %s', (_, startRouter, detour) => {
  it('a query that starts at the recordings reads all three subgraphs, with 1 + 3 requests to Graph', async () => {
    const supergraph = await startSupergraph({ tenant: { users: 1, meetings: 50, recordings: 100 } });
    const { recordings, organizer } = supergraph;
    const response = await ask(await startRouter(supergraph), { query: FROM_RECORDINGS, variables: { organizer } });
    const { displayName, jobTitle, userPrincipalName: mail } = recordings.emulator.tenant.users[0] ?? {};
    const meetings = meetingsOf(recordings, { displayName, jobTitle, mail });
    const nodes = recordings.emulator.tenant.recordings.map(({ id, meetingId }) => ({
      id,
      meeting: meetings.get(meetingId),
    }));
    expect(response).toEqual({ data: { callRecordings: { nodes } } });
    // The batches arrive on separate connections, in any order.
    expect(recordings.requests().toSorted()).toEqual([
      expect.stringContaining('getAllRecordings'),
      'POST /v1.0/$batch of 10',
      'POST /v1.0/$batch of 20',
      'POST /v1.0/$batch of 20',
    ]);
  });

  it('the user of an identity has the fields of the directory', async () => {
    const supergraph = await startSupergraph({ tenant: { users: 1, meetings: 20, recordings: 20 } });
    const { recordings, organizer } = supergraph;
    const response = await ask(await startRouter(supergraph), { query: FROM_IDENTITIES, variables: { organizer } });
    const { userPrincipalName: mail } = recordings.emulator.tenant.users[0] ?? {};
    const nodes = recordings.emulator.tenant.recordings.map(() => ({ meetingOrganizer: { user: { user: { mail } } } }));
    expect(response).toEqual({ data: { callRecordings: { nodes } } });
    expect(recordings.requests()).toEqual([expect.stringContaining('getAllRecordings'), ...detour]);
  });

  it('a query that starts at the calendar requests fifty meetings in three batches, and their recordings in three more', async () => {
    const supergraph = await startSupergraph({ tenant: { users: 1, meetings: 50, recordings: 50 } });
    const { recordings, organizer } = supergraph;
    const response = await ask(await startRouter(supergraph), { query: FROM_CALENDAR, variables: { organizer } });
    const { tenant } = recordings.emulator;
    const { displayName, jobTitle } = tenant.users[0] ?? {};
    const events = tenant.meetings.map(({ id, subject }, index) => ({
      location: `Room ${index}`,
      organizer: { displayName, jobTitle },
      onlineMeeting: { subject, recordings: { nodes: tenant.recordingsOfMeeting(id).map((one) => ({ id: one.id })) } },
    }));
    expect(response).toEqual({ data: { events } });
    expect(recordings.requests().toSorted()).toEqual(
      [10, 10, 20, 20, 20, 20].map((parts) => `POST /v1.0/$batch of ${parts}`),
    );
  });

  it('a query that starts at the directory requests a person in one batch and twenty meetings in another', async () => {
    const supergraph = await startSupergraph({ tenant: { users: 1, meetings: 20, recordings: 20 } });
    const { recordings } = supergraph;
    const { tenant } = recordings.emulator;
    const { jobTitle, userPrincipalName } = tenant.users[0] ?? {};
    const response = await ask(await startRouter(supergraph), {
      query: FROM_USERS,
      variables: { mail: userPrincipalName },
    });
    const meetings = meetingsOf(recordings);
    const nodes = tenant.recordings.map(({ id, meetingId }) => ({ id, meeting: meetings.get(meetingId) }));
    expect(response).toEqual({ data: { person: { jobTitle, userPrincipalName, callRecordings: { nodes } } } });
    expect(recordings.requests()).toEqual(['POST /v1.0/$batch of 2', 'POST /v1.0/$batch of 20']);
  });

  it('a meeting that fails is null, with an error at its path, and the others are returned', async () => {
    const supergraph = await startSupergraph({ tenant: { users: 1, meetings: 3, recordings: 3 } });
    const { recordings, organizer } = supergraph;
    const { tenant, fail } = recordings.emulator;
    const failed = tenant.recordings[1]?.meetingId ?? '';
    fail({ kind: 'status', status: 500, match: { path: failed } });
    const response = await ask(await startRouter(supergraph), { query: FROM_RECORDINGS, variables: { organizer } });
    expect(response).toMatchObject({
      data: { callRecordings: { nodes: [{ meeting: { event: {} } }, { meeting: null }, { meeting: { event: {} } }] } },
      errors: [
        {
          message: expect.stringContaining('with 500 (InternalServerError'),
          path: ['callRecordings', 'nodes', 1, 'meeting'],
          extensions: { code: 'UPSTREAM_UNAVAILABLE', graphStatus: 500, requestId: expect.any(String) },
        },
      ],
    });
    expect(response.errors).toHaveLength(1);
  });

  it('a meeting of a calendar event that fails is null, with an error at its path', async () => {
    const supergraph = await startSupergraph({ tenant: { users: 1, meetings: 3, recordings: 3 } });
    const { recordings, organizer } = supergraph;
    recordings.emulator.fail({
      kind: 'status',
      status: 403,
      match: { query: recordings.emulator.tenant.meetings[1]?.joinWebUrl ?? '' },
    });
    const query = `query ($organizer: ID!) { events(organizerId: $organizer) { location onlineMeeting { subject } } }`;
    const response = await ask(await startRouter(supergraph), { query, variables: { organizer } });
    const [first, , third] = recordings.emulator.tenant.meetings.map(({ subject }) => subject);
    expect(response).toMatchObject({
      data: {
        events: [first, null, third].map((subject, index) => ({
          location: `Room ${index}`,
          onlineMeeting: { subject },
        })),
      },
      errors: [{ extensions: { code: 'FORBIDDEN', graphStatus: 403 } }],
    });
    expect(response.errors?.[0]?.path?.slice(0, 3)).toEqual(['events', 1, 'onlineMeeting']);
  });

  it('the gateway authorizes the caller of the router, and refuses recordings of others', async () => {
    const entra = await startEntra();
    const authorization = `Bearer ${await entra.issue()}`;
    const supergraph = await startSupergraph({
      tenant: { users: 2, meetings: 2, recordings: 2 },
      config: {
        callers: { authority: entra.authority, tenantIds: [entra.tenantId], audiences: [entra.clientId] },
        policy: { tenantRole: 'Recordings.Read.All', sharedOrganizers: [] },
        graphCertificateAuthority: entra.certificateAuthority,
      },
      headers: { authorization },
    });
    const router = await startRouter(supergraph);
    const [mine = '', other = ''] = supergraph.recordings.emulator.tenant.users.map(({ id }) => id);
    const mineToken = `Bearer ${await entra.issue({ objectId: mine })}`;
    const query = FROM_RECORDINGS;
    const granted = await ask(router, {
      query,
      variables: { organizer: mine },
      headers: { authorization: mineToken },
    });
    expect(granted).toMatchObject({ data: { callRecordings: { nodes: [{ meeting: { event: {} } }] } } });
    const refused = await ask(router, {
      query,
      variables: { organizer: other },
      headers: { authorization: mineToken },
    });
    expect(refused.data ?? null).toBeNull();
    expect(refused).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    // The wording of this error is the router's own.
    const anonymous = await ask(router, { query, variables: { organizer: mine } });
    expect(anonymous.data ?? null).toBeNull();
    expect(anonymous).toMatchObject({ errors: [{ message: expect.stringMatching(/401|token/) }] });
  });

  it('a request keeps its id in the log of the gateway and in the requests to Graph', async () => {
    const tap = await openTap();
    const supergraph = await startSupergraph({ tap });
    const { recordings, organizer } = supergraph;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await ask(await startRouter(supergraph), {
      query: FROM_RECORDINGS,
      variables: { organizer },
      headers: { 'x-request-id': 'named-by-the-client', traceparent },
    });
    expect(tap.sent()).toContain('0af7651916cd43dd8448eb211c80319c');
    expect(recordings.logged()).toContain('"requestId":"named-by-the-client"');
    const names = recordings.emulator.requests.map(({ headers }) => headers['client-request-id']);
    expect(new Set(names)).toEqual(new Set(['named-by-the-client']));
  });
});
