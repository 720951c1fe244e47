import { describe, expect, it } from 'vitest';
import { variables } from '../src/variables/variables.ts';
import { createEntraIdentity } from './support/entra-identity.ts';
import type { Refusal } from './support/entra-token-endpoint.ts';
import { startProcess } from './support/process.ts';
import { hasRedis, redisNote, startRedis } from './support/redis.ts';
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
import { watch } from './support/secret-content.ts';
import { misplace } from './support/secret-misplaced.ts';
import { CLIENT_SECRET, MISTAKEN, MISTAKES, WRONG_SECRETS, faultsOf, whatIsTold } from './support/secret-mistakes.ts';
import { MODES, asApplication, onBehalfOfCallers, withFixedToken } from './support/secret-modes.ts';
import { createSecretSearch } from './support/secret-search.ts';
import type { Output, Place } from './support/secret-search.ts';
import { openStage } from './support/secret-stage.ts';
import type { StageOptions } from './support/secret-stage.ts';
import { startEcho, startSeducer } from './support/secret-takers.ts';
import { openTap } from './support/tap.ts';

describe('No secret comes out of a gateway', () => {
  it.each(MODES)('that asks Graph $name', async ({ reaches, logs, areFaultsTried, ...options }) => {
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
    // And it was as it should be: what has to be somewhere is found there, and there was every kind of answer.
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
    const messages = ['listening', 'asked Microsoft Graph', 'answered', 'content was streamed', ...logs];
    expect(messages.filter((msg) => !output.includes(msg))).toEqual([]);
  });
});

/** What Entra ID says instead of giving a token. */
const REFUSALS: readonly Refusal[] = [
  { error: 'invalid_client', code: 7_000_215, description: 'Invalid client secret provided.' },
  { error: 'invalid_grant', code: 500_133, description: 'The assertion is over.' },
  { error: 'interaction_required', code: 50_076, description: 'More is wanted.', claims: '{"access_token":{}}' },
];

describe('No secret comes out', () => {
  it('whatever becomes of Entra ID', async () => {
    const stage = await openStage(onBehalfOfCallers);
    const { entra, organizer, visitor } = stage;
    async function ask(what: string): Promise<void> {
      const headers = { authorization: await stage.authorization() };
      await visitor.ask(`a query while ${what}`, { headers, body: smallQuery(organizer) });
    }
    // Both at once, because both take their time.
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

  it('to where Graph would lead the gateway', async () => {
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

/** A gateway that is told of a Redis behind the tap, with a user and a password, and keeps the tokens of callers there. */
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

describe('The password of Redis comes out nowhere', () => {
  it.skipIf(!hasRedis())(
    `where Redis takes it, where it goes away, and where it takes it no more (${redisNote})`,
    async () => {
      const redis = await startRedis();
      await redis.ask('ACL', 'SETUSER', 'gateway', 'on', `>${PASSWORD}`, '~*', '&*', '+@all');
      const stage = await openStage(withRedis(Number(new URL(redis.url).port)));
      const authorization = await stage.authorization();
      await stage.process.logged('Redis is reached');
      await listenWell(stage, authorization);
      await notify(stage);
      await watch(stage, authorization);
      await redis.stop();
      await stage.process.logged('Redis cannot be reached; what replicas share waits for it');
      await askWell(stage, authorization);
      // Whom it knows, it has not written down.
      await redis.start();
      await expect.poll(() => stage.process.written().output, { timeout: 20_000 }).toContain('WRONGPASS');
      expect(await end(stage, authorization)).toBe(0);
      expect(stage.leaks()).toEqual([]);
      expect(stage.hasReached('redis', 'the password of Redis')).toBe(true);
      expect(stage.redis.sent()).toContain('recording-1-of-meeting-1');
      expect(stage.redis.sent()).toContain('caller-token:');
    },
  );

  it('where nobody is there, and where something else is, that repeats what it is told', async () => {
    const stage = await openStage(withRedis(0));
    const authorization = await stage.authorization();
    await askWell(stage, authorization);
    await stage.process.logged('Redis cannot be reached; what replicas share waits for it');
    stage.redis.leadTo(await startEcho());
    await expect.poll(() => stage.process.written().output, { timeout: 20_000 }).toContain('refuses: ');
    expect(await end(stage, authorization)).toBe(0);
    expect(stage.leaks()).toEqual([]);
    expect(stage.hasReached('redis', 'the password of Redis')).toBe(true);
    expect(stage.redis.answered()).toContain(PASSWORD);
  });
});

let misplaced: Promise<(place: Place) => string[]> | undefined;

/** What comes out where of a token that was put wherever it does not belong: found out once, for all who want to know. */
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
    ['stands in no log', 'log'],
    ['is not repeated to whoever has sent it', 'client'],
    ['does not go on to Graph', 'graph'],
    ['does not go on to Entra ID', 'entra'],
  ])('%s', async (_, place) => {
    const leaksAt = await leaksOfMisplaced();
    expect(leaksAt(place)).toEqual([]);
  });
});

describe('Of an environment with secrets in it', () => {
  it('each that is wrong is said to be wrong, and no more', async () => {
    const gateway = await startProcess({ environment: WRONG_SECRETS });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    const { output, errors } = gateway.written();
    expect(output + errors).toMatch(/^GRAPH_TOKEN: .*\nREDIS_URL: .*\nSEALING_KEYS: /m);
    const search = createSecretSearch();
    for (const [name, secret] of Object.entries(WRONG_SECRETS)) search.add(name, secret);
    expect(search.leaksIn([{ place: 'log', name: 'what it has written', text: output + errors }])).toEqual([]);
  });

  it.each(Object.entries(MISTAKEN))('nothing is said of %s, whatever variable it stands in', async (what, secretOf) => {
    const secret = secretOf(await createEntraIdentity());
    const search = createSecretSearch();
    search.add(what, secret);
    const outputs = Object.keys(variables).map((name): Output => {
      const text = faultsOf({ AZURE_CLIENT_SECRET: CLIENT_SECRET, [name]: secret });
      return { place: 'log', name: `what is said of ${name}`, text };
    });
    expect(search.leaksIn(outputs)).toEqual([]);
  });

  it('nothing is said of one that is found to be in the wrong place only when use is made of it', async () => {
    const identity = await createEntraIdentity();
    const told = await Promise.all(MISTAKES.map((mistake) => whatIsTold(mistake, identity)));
    expect(told.flat()).toEqual([]);
  });
});

describe('The search', () => {
  const secret = 'a secret/with all: kinds of signs?';
  const bytes = Buffer.from(secret);

  it.each([
    ['as it is', secret],
    ['in a part', secret.slice(3)],
    ['percent-encoded', encodeURIComponent(secret)],
    ['in Base64', bytes.toString('base64')],
    ['in hexadecimal digits', bytes.toString('hex')],
    ['as JSON has bytes', JSON.stringify(bytes)],
    ['in a header', `Bearer ${'x'.repeat(20)}`],
  ])('finds a secret %s, and does not say it', (_, text) => {
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
