import { describe, expect, it } from 'vitest';
import { startChain } from '../support/chain.ts';
import type { Chain } from '../support/chain.ts';
import { addShortRecording, linkTo } from '../support/content.ts';
import { at, startGateway } from '../support/gateway.ts';

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const CHALLENGE = { kind: 'status', claims: Buffer.from(CLAIMS).toString('base64') } as const;
const ORGANIZER = '1b0f6a44-93c1-4f0e-8c0d-7a5f3e2d1c01';
const USER = `{ user(id: "${ORGANIZER}") { displayName } }`;
const CONTENT = `{ callRecording(meetingOrganizerId: "${ORGANIZER}", meetingId: "a-meeting", id: "a-recording") {
  content { url }
} }`;

/** The whole chain, with an organizer who has a recording. */
async function start(env: Readonly<Record<string, string>>): Promise<Chain> {
  const chain = await startChain(env);
  chain.emulator.addUser({ id: ORGANIZER });
  chain.emulator.addMeeting({ id: 'a-meeting', organizerId: ORGANIZER });
  addShortRecording(chain, { id: 'a-recording', meetingId: 'a-meeting' });
  return chain;
}

describe('Claims that Graph requires of a caller', () => {
  it.each([
    [401, 2],
    [403, 1],
  ] as const)('with %i are passed on to the caller, after %i requests', async (status, requests) => {
    const { ask, emulator } = await start({ GRAPH_ON_BEHALF_OF: 'true' });
    emulator.fail({ ...CHALLENGE, status, times: 10, match: { path: '/users/' } });
    expect(await ask(USER, { objectId: ORGANIZER })).toMatchObject({
      errors: [
        {
          path: ['user', 'displayName'],
          extensions: { code: 'UNAUTHENTICATED', graphStatus: status, claims: CLAIMS },
        },
      ],
    });
    // A new token is requested once for 401. After 403 another token without these claims would be refused too.
    expect(emulator.requests).toHaveLength(requests);
  });

  it('are passed on for content, and do not make a file lose its name for good', async () => {
    const { ask, emulator } = await start({ GRAPH_ON_BEHALF_OF: 'true' });
    const url = String(at(await ask(CONTENT, { objectId: ORGANIZER }), 'data.callRecording.content.url'));
    emulator.fail({ ...CHALLENGE, status: 403, times: 2, match: { path: '/onlineMeetings/a-meeting' } });
    const refused = await fetch(url);
    expect([refused.status, at(await refused.json(), 'errors.0.extensions')]).toMatchObject([
      403,
      { code: 'UNAUTHENTICATED', claims: CLAIMS },
    ]);
    emulator.clearRequests();
    await (await fetch(url)).arrayBuffer();
    expect(emulator.requests.filter((request) => !request.url.endsWith('/content'))).toHaveLength(1);
  });
});

describe('Claims that Graph requires of the application', () => {
  it.each([
    [401, 'UPSTREAM_ERROR'],
    [403, 'FORBIDDEN'],
  ] as const)('with %i are not passed on: no caller can get a token for it', async (status, code) => {
    const { ask, emulator } = await start({ GRAPH_ON_BEHALF_OF: 'true', ON_BEHALF_OF_APPLICATION: 'true' });
    emulator.fail({ ...CHALLENGE, status, times: 10, match: { path: 'getAllRecordings' } });
    const document = `{ callRecordings(meetingOrganizerId: "${ORGANIZER}") { nodes { id } } }`;
    const { errors } = await ask(document, { objectId: ORGANIZER });
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      expect.objectContaining({ code, graphStatus: status }),
    ]);
    expect(errors?.[0]?.extensions).not.toHaveProperty('claims');
  });

  it('are not passed on for content', async () => {
    const gateway = await startGateway();
    const url = await linkTo(gateway, addShortRecording(gateway));
    gateway.emulator.fail({ ...CHALLENGE, status: 403, times: 2, match: { path: '/content' } });
    const refused = await fetch(url);
    const extensions = at(await refused.json(), 'errors.0.extensions');
    expect([refused.status, extensions]).toMatchObject([403, { code: 'FORBIDDEN' }]);
    expect(extensions).not.toHaveProperty('claims');
  });
});

it('A user whom Graph refuses with 403 without claims has no name', async () => {
  const gateway = await startGateway();
  const [user] = gateway.emulator.tenant.users;
  gateway.emulator.fail({ kind: 'status', status: 403, match: { path: '/users/' } });
  const response = await gateway.query('query ($id: ID!) { user(id: $id) { displayName } }', { id: user?.id });
  expect(response).toEqual({ data: { user: { displayName: null } } });
});
