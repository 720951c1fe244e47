import { describe, expect, it } from 'vitest';
import { addShortRecording, linkTo } from '../support/content.ts';
import { at, startGateway } from '../support/gateway.ts';

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const CHALLENGE = { kind: 'status', claims: Buffer.from(CLAIMS).toString('base64') } as const;

describe('Claims that Graph requires with 403', () => {
  it.each([
    ['user.displayName', 'query ($id: ID!) { user(id: $id) { displayName } }', { path: '/users/' }],
    [
      'callRecordings',
      'query ($id: ID!) { callRecordings(meetingOrganizerId: $id) { nodes { id } } }',
      { path: 'getAllRecordings' },
    ],
  ])('are passed on to the caller, once: %s', async (field, document, match) => {
    const gateway = await startGateway();
    const [user] = gateway.emulator.tenant.users;
    gateway.emulator.fail({ ...CHALLENGE, status: 403, times: 10, match });
    const { errors } = await gateway.query(document, { id: user?.id });
    expect(errors).toMatchObject([
      { path: field.split('.'), extensions: { code: 'UNAUTHENTICATED', graphStatus: 403, claims: CLAIMS } },
    ]);
    // Another token without these claims would be refused too.
    expect(gateway.requests()).toHaveLength(1);
  });

  it('are passed on for content, and do not make a file lose its name for good', async () => {
    const gateway = await startGateway();
    const recording = addShortRecording(gateway);
    const url = await linkTo(gateway, recording);
    const meeting = `/onlineMeetings/${recording.meetingId}`;
    gateway.emulator.fail({ ...CHALLENGE, status: 403, times: 2, match: { path: meeting } });
    const refused = await fetch(url);
    expect([refused.status, at(await refused.json(), 'errors.0.extensions')]).toMatchObject([
      403,
      { code: 'UNAUTHENTICATED', claims: CLAIMS },
    ]);
    gateway.emulator.clearRequests();
    await (await fetch(url)).arrayBuffer();
    expect(gateway.paths().filter((path) => !path.endsWith('/content'))).toHaveLength(1);
  });
});

it('A user whom Graph refuses with 403 without claims has no name', async () => {
  const gateway = await startGateway();
  const [user] = gateway.emulator.tenant.users;
  gateway.emulator.fail({ kind: 'status', status: 403, match: { path: '/users/' } });
  const response = await gateway.query('query ($id: ID!) { user(id: $id) { displayName } }', { id: user?.id });
  expect(response).toEqual({ data: { user: { displayName: null } } });
});
