import { describe, expect, it } from 'vitest';
import type { TokenWish } from '../support/entra-token-issuer.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';
import { startGateway } from '../support/gateway.ts';
import type { GraphQLResponse, TestGateway } from '../support/gateway.ts';

const ROLE = 'Recordings.Read.All';

interface Setting {
  readonly entra: Entra;
  readonly gateway: TestGateway;
  /** Sends a document with a token of this kind, or none for null. */
  readonly ask: (document: string, wish: TokenWish | null) => Promise<GraphQLResponse>;
}

/** Two organizers with a meeting and a recording each; the first of them is the user of Entra ID. */
async function start(sharedOrganizers: (ids: readonly string[]) => string[] = () => []): Promise<Setting> {
  const entra = await startEntra();
  const people = [entra.userId, '7d1c1f52-6a09-4c55-8f0e-31b9a5c0d2aa'];
  const gateway = await startGateway({
    tenant: { users: 0, meetings: 0, recordings: 0 },
    config: {
      callers: { authority: entra.authority, tenantIds: [entra.tenantId], audiences: [entra.clientId] },
      policy: { tenantRole: ROLE, sharedOrganizers: sharedOrganizers(people) },
      graphCertificateAuthority: entra.certificateAuthority,
    },
  });
  for (const [index, id] of people.entries()) {
    gateway.emulator.addUser({ id, displayName: `Person ${index}` });
    gateway.emulator.addMeeting({
      id: `meeting-${index}`,
      organizerId: id,
      joinWebUrl: `https://join.example/${index}`,
      joinMeetingId: `${index}`,
      videoTeleconferenceId: `${index}`,
    });
    gateway.emulator.addRecording({ id: `recording-${index}`, meetingId: `meeting-${index}` });
  }
  return {
    entra,
    gateway,
    async ask(document, wish) {
      const headers: Record<string, string> =
        wish === null ? {} : { authorization: `Bearer ${await entra.issue(wish)}` };
      return gateway.query(
        document.replaceAll('$mine', people[0] ?? '').replaceAll('$other', people[1] ?? ''),
        {},
        headers,
      );
    },
  };
}

/** Every way to query data of an organizer: `ORG` is the organizer's id, `N` their number. */
const OPERATIONS = {
  'a recording': '{ it: callRecording(meetingOrganizerId: "ORG", meetingId: "meeting-N", id: "recording-N") { id } }',
  'all recordings': '{ it: callRecordings(meetingOrganizerId: "ORG") { nodes { id } } }',
  'what was added': '{ it: callRecordingDelta(meetingOrganizerId: "ORG") { added { id } } }',
  'a meeting': '{ it: onlineMeeting(organizerId: "ORG", id: "meeting-N") { id } }',
  'the recordings of a meeting':
    '{ it: onlineMeeting(organizerId: "ORG", id: "meeting-N") { recordings { nodes { id } } } }',
  'a meeting by its link':
    '{ it: onlineMeetingByJoinWebUrl(organizerId: "ORG", joinWebUrl: "https://join.example/N") { id } }',
  'a meeting by its number': '{ it: onlineMeetingByJoinMeetingId(organizerId: "ORG", joinMeetingId: "N") { id } }',
  'the name of a user': '{ it: user(id: "ORG") { displayName } }',
  'the recordings of a user': '{ it: user(id: "ORG") { callRecordings { nodes { id } } } }',
  'a meeting of a user': '{ it: user(id: "ORG") { onlineMeeting(id: "meeting-N") { id } } }',
  'a recording as an entity':
    '{ it: _entities(representations: [{ __typename: "CallRecording", meetingOrganizerId: "ORG", meetingId: "meeting-N", id: "recording-N" }]) { ... on CallRecording { id } } }',
  'a meeting as an entity':
    '{ it: _entities(representations: [{ __typename: "OnlineMeeting", organizerId: "ORG", id: "meeting-N" }]) { ... on OnlineMeeting { id } } }',
};

const OWN = (document: string): string => document.replaceAll('ORG', '$mine').replaceAll('N"', '0"');
const OTHERS = (document: string): string => document.replaceAll('ORG', '$other').replaceAll('N"', '1"');
const NOBODYS = (document: string): string =>
  document.replaceAll('ORG', '00000000-0000-4000-8000-000000000000').replaceAll('N"', '9"');

const CALLERS: readonly (readonly [string, TokenWish, { own: boolean; others: boolean }])[] = [
  ['a user', { kind: 'user' }, { own: true, others: false }],
  ['a user with the role of the tenant', { kind: 'user', roles: [ROLE] }, { own: true, others: true }],
  ['a user with another role', { kind: 'user', roles: ['Something.Else'] }, { own: true, others: false }],
  ['an application without the role', { kind: 'application', roles: [] }, { own: false, others: false }],
  ['an application with the role of the tenant', { kind: 'application', roles: [ROLE] }, { own: true, others: true }],
];

/** The outcome of an operation: its error code or null, and whether it reached Graph. */
async function outcomeOf({ gateway, ask }: Setting, document: string, wish: TokenWish): Promise<object> {
  gateway.emulator.clearRequests();
  const { errors } = await ask(document, wish);
  return { code: errors?.[0]?.extensions?.['code'] ?? null, asksGraph: gateway.requests().length > 0 };
}

const ANSWERED = { code: null, asksGraph: true };
const DENIED = { code: 'FORBIDDEN', asksGraph: false };

describe.each(CALLERS)('%s', (_, wish, sees) => {
  it.each(Object.entries(OPERATIONS))(
    'that queries %s has an answer, or is denied without a request to Graph',
    async (_name, operation) => {
      const setting = await start();
      expect({
        own: await outcomeOf(setting, OWN(operation), wish),
        others: await outcomeOf(setting, OTHERS(operation), wish),
      }).toEqual({ own: sees.own ? ANSWERED : DENIED, others: sees.others ? ANSWERED : DENIED });
    },
  );

  it('sees a meeting by its video teleconference id only with the role of the tenant', async () => {
    const document = '{ it: onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId: "0") { id } }';
    expect(await outcomeOf(await start(), document, wish)).toEqual(sees.others ? ANSWERED : DENIED);
  });
});

describe('A denial', () => {
  it.each(Object.entries(OPERATIONS))(
    'to a user who queries %s is the same whether or not it exists',
    async (_, operation) => {
      const { ask } = await start();
      const [existing, missing] = [await ask(OTHERS(operation), {}), await ask(NOBODYS(operation), {})];
      expect(existing).toEqual(missing);
      expect(existing).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    },
  );
});

describe('A shared organizer', () => {
  it('is visible to another user, whatever the letter case of the configured id', async () => {
    const { ask } = await start((ids) => ids.slice(1).map((id) => id.toUpperCase()));
    expect(await ask(OTHERS(OPERATIONS['all recordings']), { kind: 'user' })).toEqual({
      data: { it: { nodes: [{ id: 'recording-1' }] } },
    });
  });
});

describe('An unauthenticated caller', () => {
  it.each([
    ['no token', null, 'Bearer'],
    ['another scheme', 'Basic dXNlcjpwYXNz', 'Bearer'],
    ['only the name of the scheme', 'Bearer', 'Bearer'],
    ['something that is no token', 'Bearer marked-secret', 'Bearer error="invalid_token"'],
  ])('with %s receives 401 and a challenge, without a request to Graph', async (_, authorization, challenge) => {
    const { gateway } = await start();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge]);
    expect(await response.json()).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(gateway.requests()).toEqual([]);
    expect(gateway.logged()).not.toContain('marked');
  });

  it.each<[string, TokenWish]>([
    ['an expired token', { expiresInSeconds: -3_600 }],
    ['a token of another tenant', { tenantId: '11111111-1111-4111-8111-111111111111' }],
    ['a token for another application', { audience: 'https://graph.microsoft.com' }],
  ])('with %s is refused as UNAUTHENTICATED', async (_, wish) => {
    const { ask } = await start();
    expect(await ask('{ __typename }', wish)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('receives 503 while Entra ID is down and no token can be verified', async () => {
    const { entra, gateway } = await start();
    entra.settings.keys = 'down';
    const response = await fetch(`${gateway.url}/graphql?query={__typename}`, {
      headers: { authorization: `Bearer ${await entra.issue()}` },
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfter: 5 } }],
    });
  });

  it('needs no token to read the health of the gateway', async () => {
    const { gateway } = await start();
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});
