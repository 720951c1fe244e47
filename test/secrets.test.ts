import { describe, expect, it } from 'vitest';
import { variables } from '../src/variables/variables.ts';
import { createEntraIdentity } from './support/entra-identity.ts';
import type { Refusal } from './support/entra-token-endpoint.ts';
import { startProcess } from './support/process.ts';
import { hasRedis, redisNote, startRedis } from './support/redis.ts';
import { watch } from './support/secret-content.ts';
import {
  askInVain,
  askThroughFaults,
  askWell,
  end,
  knock,
  listenWell,
  notify,
  smallQuery,
} from './support/secret-journey.ts';
import { misplace } from './support/secret-misplaced.ts';
import { CLIENT_SECRET, MISTAKEN, MISTAKES, WRONG_SECRETS, faultsOf, whatIsTold } from './support/secret-mistakes.ts';
import { MODES, asApplication, onBehalfOfCallers, withFixedToken } from './support/secret-modes.ts';
import { createSecretSearch } from './support/secret-search.ts';
import type { Output, Place } from './support/secret-search.ts';
import { openStage } from './support/secret-stage.ts';
import type { StageOptions } from './support/secret-stage.ts';
import { startEcho, startSeducer } from './support/secret-takers.ts';
import { openTap } from './support/tap.ts';

describe('No secret leaks from a gateway', () => {
  it.each(MODES)('that queries Graph $name', async ({ reaches, logs, areFaultsTried, ...options }) => {
    const stage = await openStage(options);
    const authorization = await stage.authorization();
    await knock(stage, authorization);
    await askWell(stage, authorization);
    await askInVain(stage);
    await listenWell(stage, authorization);
    await notify(stage);
    await watch(stage, authorization);
    if (areFaultsTried) await askThroughFaults(stage, authorization);
    expect(await end(stage, authorization)).toBe(0);

    expect(stage.leaks()).toEqual([]);
    // The run was complete: each secret reached its expected places, and every kind of response occurred.
    expect(reaches.filter(([place, name]) => !stage.hasReached(place, name))).toEqual([]);
    const statuses = [200, 202, 206, 400, 403, 404, 406, 413, 415, 416];
    expect([...stage.visitor.statuses()]).toEqual(expect.arrayContaining(statuses));
    expect(stage.emulator.requests.some(({ host, status }) => host === 'content' && status === 206)).toBe(true);
    const codes = ['BAD_REQUEST', 'BAD_USER_INPUT', 'FORBIDDEN', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];
    const codesOfFaults = ['NOT_FOUND', 'UNAUTHENTICATED', 'UPSTREAM_ERROR', 'UPSTREAM_UNAVAILABLE'];
    expect([...stage.visitor.codes()]).toEqual(
      expect.arrayContaining([...codes, ...(areFaultsTried ? codesOfFaults : [])]),
    );
    const { output } = stage.process.written();
    const messages = ['listening', 'sent a request', 'request completed', 'content streamed', ...logs];
    expect(messages.filter((msg) => !output.includes(msg))).toEqual([]);
  });
});

/** The refusals of Entra ID instead of a token. */
const REFUSALS: readonly Refusal[] = [
  { error: 'invalid_client', code: 7_000_215, description: 'Invalid client secret provided.' },
  { error: 'invalid_grant', code: 500_133, description: 'The assertion is over.' },
  { error: 'interaction_required', code: 50_076, description: 'More is wanted.', claims: '{"access_token":{}}' },
];

describe('No secret leaks', () => {
  it('while Entra ID hangs, is down, fails or refuses tokens', async () => {
    const stage = await openStage(onBehalfOfCallers);
    const { entra, organizer, visitor } = stage;
    async function ask(what: string): Promise<void> {
      const headers = { authorization: await stage.authorization() };
      await visitor.ask(`a query while ${what}`, { headers, body: smallQuery(organizer) });
    }
    // In parallel, because both are slow.
    Object.assign(entra.settings, { keys: 'hanging', tokens: 'hanging' });
    await Promise.all([ask('keys hang'), visitor.ask('a knock while tokens hang', { path: '/readyz' })]);
    for (const keys of ['down', 'failing'] as const) {
      entra.settings.keys = keys;
      // oxlint-disable-next-line no-await-in-loop -- each is for the request that follows it
      await ask(`keys are ${keys}`);
    }
    entra.settings.keys = 'up';
    for (const tokens of [...REFUSALS, 'down' as const, 'failing' as const, 'up' as const]) {
      entra.settings.tokens = tokens;
      // oxlint-disable-next-line no-await-in-loop -- each is for the request that follows it
      await ask(typeof tokens === 'string' ? `tokens are ${tokens}` : `Entra ID says ${tokens.error}`);
    }
    stage.process.send('SIGTERM');
    await stage.process.logged('ended');
    expect(stage.leaks()).toEqual([]);
    expect([...stage.visitor.codes()]).toEqual(expect.arrayContaining(['UNAUTHENTICATED', 'UPSTREAM_UNAVAILABLE']));
    const { output } = stage.process.written();
    expect(output.match(/"callers cannot be authenticated"/g)).toHaveLength(3);
    expect(output.match(/"no access token for Microsoft Graph"/g)).toHaveLength(1 + REFUSALS.length + 2);
  });

  it('to another host that Graph names in redirects, next links or batch parts', async () => {
    const elsewhere = await openTap();
    const seducer = await startSeducer(`http://${elsewhere.host}`);
    const stage = await openStage({
      environment: async (parts) => {
        parts.graph.leadTo(seducer.port);
        return withFixedToken(parts);
      },
    });
    await stage.visitor.ask('a small query', { body: smallQuery('somebody') });
    await stage.visitor.ask('a list', {
      body: { query: '{ callRecordings(meetingOrganizerId: "x") { nodes { id } } }' },
    });
    await askWell(stage, 'Bearer of-nothing');
    expect(stage.leaks()).toEqual([]);
    expect(seducer.answers()).toEqual(new Set(['redirect', 'nextLink', 'parts']));
    expect(elsewhere.connections()).toBe(0);
  });
});

const PASSWORD = 'the marked password/of:Redis@~';

/** A gateway whose Redis is behind the tap, with a user and a password, and holds the tokens of callers. */
function withRedis(redisPort: number): StageOptions {
  return {
    ...onBehalfOfCallers,
    environment: async (parts) => {
      if (redisPort !== 0) parts.redis.leadTo(redisPort);
      parts.secrets.add('the password of Redis', PASSWORD, ['redis']);
      const url = `redis://gateway:${encodeURIComponent(PASSWORD)}@${parts.redis.host}`;
      return { ...(await onBehalfOfCallers.environment(parts)), REDIS_URL: url };
    },
  };
}

describe('The password of Redis does not leak', () => {
  it.skipIf(!hasRedis())(
    `where Redis takes it, where it goes away, and where it takes it no more (${redisNote})`,
    async () => {
      const redis = await startRedis();
      await redis.ask('ACL', 'SETUSER', 'gateway', 'on', `>${PASSWORD}`, '~*', '&*', '+@all');
      const stage = await openStage(withRedis(Number(new URL(redis.url).port)));
      const authorization = await stage.authorization();
      await stage.process.logged('Redis is reachable');
      await listenWell(stage, authorization);
      await notify(stage);
      await watch(stage, authorization);
      await redis.stop();
      await stage.process.logged('Redis is unreachable; state that replicas share is unavailable');
      await askWell(stage, authorization);
      // The user is not persisted, so the restarted Redis refuses the password.
      await redis.start();
      await expect.poll(() => stage.process.written().output, { timeout: 20_000 }).toContain('WRONGPASS');
      expect(await end(stage, authorization)).toBe(0);
      expect(stage.leaks()).toEqual([]);
      expect(stage.hasReached('redis', 'the password of Redis')).toBe(true);
      expect(stage.redis.sent()).toContain('recording-1-of-meeting-1');
      expect(stage.redis.sent()).toContain('caller-token:');
    },
  );

  it('while Redis is down, and when another server echoes all it receives', async () => {
    const stage = await openStage(withRedis(0));
    const authorization = await stage.authorization();
    await askWell(stage, authorization);
    await stage.process.logged('Redis is unreachable; state that replicas share is unavailable');
    stage.redis.leadTo(await startEcho());
    await expect.poll(() => stage.process.written().output, { timeout: 20_000 }).toContain('returned an error: ');
    expect(await end(stage, authorization)).toBe(0);
    expect(stage.leaks()).toEqual([]);
    expect(stage.hasReached('redis', 'the password of Redis')).toBe(true);
    expect(stage.redis.answered()).toContain(PASSWORD);
  });
});

let misplaced: Promise<(place: Place) => string[]> | undefined;

/** Where a misplaced token leaks; the run is shared by all tests. */
function leaksOfMisplaced(): Promise<(place: Place) => string[]> {
  misplaced ??= (async () => {
    const stage = await openStage(asApplication);
    await misplace(stage, await stage.issue('a misplaced token'), await stage.authorization());
    expect(await end(stage, await stage.authorization())).toBe(0);
    return stage.leaks;
  })();
  return misplaced;
}

describe('A token in the wrong place', () => {
  it.each<[string, Place]>([
    ['does not appear in a log', 'log'],
    ['is not returned to the sender', 'client'],
    ['is not forwarded to Graph', 'graph'],
    ['is not forwarded to Entra ID', 'entra'],
  ])('%s', async (_, place) => {
    const leaksAt = await leaksOfMisplaced();
    expect(leaksAt(place)).toEqual([]);
  });
});

describe('The errors of an environment with secrets', () => {
  it('name each wrong variable without repeating its value', async () => {
    const gateway = await startProcess({ environment: WRONG_SECRETS });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    const { output, errors } = gateway.written();
    expect(output + errors).toMatch(/^GRAPH_TOKEN: .*\nREDIS_URL: .*\nSEALING_KEYS: /m);
    const search = createSecretSearch();
    for (const [name, secret] of Object.entries(WRONG_SECRETS)) search.add(name, secret);
    expect(search.leaksIn([{ place: 'log', name: 'what it has written', text: output + errors }])).toEqual([]);
  });

  it.each(Object.entries(MISTAKEN))('contain nothing of %s in any variable', async (what, secretOf) => {
    const secret = secretOf(await createEntraIdentity());
    const search = createSecretSearch();
    search.add(what, secret);
    const outputs = Object.keys(variables).map((name): Output => {
      const text = faultsOf({ AZURE_CLIENT_SECRET: CLIENT_SECRET, [name]: secret });
      return { place: 'log', name: `what is said of ${name}`, text };
    });
    expect(search.leaksIn(outputs)).toEqual([]);
  });

  it('contain nothing of a secret that proves misplaced only when it is used', async () => {
    const identity = await createEntraIdentity();
    const told = await Promise.all(MISTAKES.map((mistake) => whatIsTold(mistake, identity)));
    expect(told.flat()).toEqual([]);
  });
});

describe('The search for secrets', () => {
  const secret = 'a secret/with all: kinds of signs?';
  const bytes = Buffer.from(secret);

  it.each([
    ['as it is', secret],
    ['in part', secret.slice(3)],
    ['percent-encoded', encodeURIComponent(secret)],
    ['in Base64', bytes.toString('base64')],
    ['in hexadecimal digits', bytes.toString('hex')],
    ['as an array of bytes in JSON', JSON.stringify(bytes)],
    ['in a header', `Bearer ${'x'.repeat(20)}`],
  ])('finds a secret %s, and does not repeat it', (_, text) => {
    const search = createSecretSearch();
    search.add('the secret', secret, ['entra']);
    const output = { name: 'the log', text: `{"a":1}\n{"msg":"before ${text} after"}` };
    const [leak, ...others] = search.leaksIn([{ ...output, place: 'log' }]);
    expect(leak).toMatch(/^the (secret|value of a header Authorization), .* is in the log \(line 2, "\w+"\)$/);
    expect(others).toEqual([]);
    expect(leak).not.toContain(text);
    expect(search.leaksIn([{ ...output, text: 'nothing of it', place: 'log' }])).toEqual([]);
  });
});
