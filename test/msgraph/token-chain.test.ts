/** The whole chain of a token: from Entra ID through the Azure SDK to a Graph that reads its claims. */
import { describe, expect, it } from 'vitest';
import { createCredential } from '../../src/msgraph/credentials/credential.ts';
import { createTokenSource } from '../../src/msgraph/credentials/token.ts';
import type { GetToken } from '../../src/msgraph/credentials/token.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

interface Chain {
  readonly entra: Entra;
  readonly graph: TestGraph;
  readonly getToken: GetToken;
  /** The clock of the token source. */
  readonly clock: DrivenClock;
  /** Requests a user from Graph. */
  readonly ask: () => Promise<unknown>;
}

async function startChain(): Promise<Chain> {
  const entra = await startEntra();
  const { authority, tenantId, clientId, clientSecret } = entra;
  const credential = createCredential({ kind: 'clientSecret', authority, tenantId, clientId, clientSecret }, entra);
  // The SDK uses the system time; everything else uses this clock.
  const clock = createDrivenClock(Date.now());
  const getToken = createTokenSource({
    credential,
    scope: 'https://graph.microsoft.com/.default',
    clock,
    onRenewalFailed: (error) => expect.fail(String(error)),
  });
  const graph = await startGraph({ getToken });
  const ask = (): Promise<unknown> => graph.client.get(graph.userPaths(1)[0] ?? '', graph.operation());
  return { entra, graph, getToken, clock, ask };
}

describe('The token of the application', () => {
  it('serves many requests', async () => {
    const { entra, ask } = await startChain();
    for (let count = 0; count < 3; count += 1) expect(await ask()).toHaveProperty('id');
    expect(entra.grants()).toEqual(['client_credentials']);
  });

  it('does not allow what the application has not been granted', async () => {
    const { entra, ask } = await startChain();
    entra.settings.roles = ['OnlineMeetings.Read.All'];
    await expect(ask()).rejects.toMatchObject({ status: 403 });
  });

  it('is renewed once when Graph refuses it, and the request is retried', async () => {
    const { entra, graph, ask } = await startChain();
    await ask();
    graph.emulator.fail({ kind: 'status', status: 401 });
    expect(await ask()).toHaveProperty('id');
    expect(entra.grants()).toHaveLength(2);
    expect(graph.requests()).toHaveLength(3);
  });

  it('is not renewed repeatedly when Graph refuses every token', async () => {
    const { entra, graph, ask } = await startChain();
    await ask();
    graph.emulator.fail({ kind: 'status', status: 401, times: 10 });
    await expect(ask()).rejects.toMatchObject({ status: 401, claims: null });
    await expect(ask()).rejects.toMatchObject({ status: 401 });
    // The second request retries with the new token, and fetches no other.
    expect(entra.grants()).toHaveLength(2);
    expect(graph.requests()).toHaveLength(4);
  });
});

describe('A claims challenge of Graph for the token of a caller', () => {
  const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1795435200"}}}';

  it.each([
    ['is returned as JSON', Buffer.from(CLAIMS).toString('base64'), CLAIMS],
    ['is omitted when it is not JSON', Buffer.from('not JSON').toString('base64'), null],
  ])('%s', async (_what, challenge, claims) => {
    const graph = await startGraph({ isOnBehalfOf: true });
    graph.emulator.fail({ kind: 'status', status: 401, claims: challenge, times: 2 });
    const [path = ''] = graph.userPaths(1);
    const error = { name: 'GraphError', reason: 'status', status: 401, claims };
    await expect(graph.client.get(path, graph.operation())).rejects.toMatchObject(error);
  });
});

describe('Entra ID', () => {
  it('may fail for a while, and serves tokens again afterwards', async () => {
    const { entra, clock, getToken } = await startChain();
    entra.settings.tokens = 'failing';
    await expect(getToken()).rejects.toMatchObject({ reason: 'token', code: null });
    entra.settings.tokens = 'up';
    clock.advance(1_000);
    expect(await getToken()).toMatch(/^ey/);
  });

  it.each(['invalid_grant', 'interaction_required', 'consent_required'])(
    'may refuse the application with %s, which no caller can mend',
    async (error) => {
      const { entra, getToken } = await startChain();
      entra.settings.tokens = { error, code: 53_003, description: 'Blocked by Conditional Access.' };
      await expect(getToken()).rejects.toMatchObject({
        reason: 'token',
        code: null,
        claims: null,
        message: expect.stringMatching(/^No access token for Microsoft Graph could be obtained/),
      });
    },
  );

  it('is waited for at most eight seconds', async () => {
    const { entra, clock, getToken } = await startChain();
    entra.settings.tokens = 'hanging';
    const token = getToken();
    clock.advance(8_000);
    await expect(token).rejects.toMatchObject({ reason: 'token' });
  });
});

describe('A part of a batch whose token is refused', () => {
  it('is retried with another token, without the other parts', async () => {
    const tokens = ['one', 'other'];
    const graph = await startGraph({
      getToken: async (rejected) => (rejected === tokens[0] && tokens.shift(), tokens[0] ?? ''),
    });
    const paths = graph.userPaths(3);
    graph.emulator.fail({ kind: 'status', status: 401, match: { path: paths[1] ?? '' } });
    const answers = await Promise.all(paths.map((path) => graph.client.get(path, graph.operation())));
    expect(answers).toMatchObject(graph.emulator.tenant.users.slice(0, 3).map(({ id }) => ({ id })));
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 3', `GET /v1.0${paths[1]}`]);
  });

  it('fails when there is no other token', async () => {
    const graph = await startGraph();
    const paths = graph.userPaths(2);
    graph.emulator.fail({ kind: 'status', status: 401, match: { path: paths[1] ?? '' } });
    const outcomes = await Promise.allSettled(paths.map((path) => graph.client.get(path, graph.operation())));
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { status: 401 } }]);
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 2']);
  });
});
