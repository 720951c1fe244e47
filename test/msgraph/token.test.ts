import type { AccessToken, TokenCredential } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { createTokenSource, fixedToken } from '../../src/msgraph/credentials/token.ts';
import type { GetToken } from '../../src/msgraph/credentials/token.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';

const MINUTE_MS = 60_000;
const SCOPE = 'https://graph.microsoft.com/.default';

interface TestSource {
  readonly getToken: GetToken;
  readonly clock: DrivenClock;
  /** The requests for a token, each to be settled by the test. */
  readonly asked: readonly { readonly scope: unknown; readonly settle: PromiseWithResolvers<AccessToken | null> }[];
  /** Answers the latest request with a token that is valid for this many minutes. */
  readonly give: (token: string, minutes?: number) => void;
  /** Refuses the latest request. */
  readonly refuse: () => void;
  /** The errors reported for failed renewals. */
  readonly reported: readonly unknown[];
}

/** A token source over a credential that answers as directed. */
function createTestSource(): TestSource {
  const clock = createDrivenClock();
  const asked: TestSource['asked'][number][] = [];
  const reported: unknown[] = [];
  const credential: TokenCredential = {
    getToken(scope) {
      const settle = Promise.withResolvers<AccessToken | null>();
      asked.push({ scope, settle });
      return settle.promise;
    },
  };
  return {
    getToken: createTokenSource({ credential, scope: SCOPE, clock, onRenewalFailed: (error) => reported.push(error) }),
    clock,
    asked,
    reported,
    give: (token, minutes = 60) =>
      asked.at(-1)?.settle.resolve({ token, expiresOnTimestamp: clock.now() + minutes * MINUTE_MS }),
    refuse: () => asked.at(-1)?.settle.reject(new Error('a refusal with a marked secret')),
  };
}

/** As `createTestSource`, with its first token already fetched. */
async function createFilledSource(minutes = 60): Promise<TestSource> {
  const source = createTestSource();
  const first = source.getToken();
  source.give('first', minutes);
  expect(await first).toBe('first');
  return source;
}

/** Resolves when all settled promises have been handled. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('A token for Graph', () => {
  it('is fetched once for any number of waiting requests', async () => {
    const source = createTestSource();
    const tokens = Promise.all(Array.from({ length: 100 }, () => source.getToken()));
    source.give('the token');
    expect(new Set(await tokens)).toEqual(new Set(['the token']));
    expect(source.asked.map(({ scope }) => scope)).toEqual([SCOPE]);
  });

  it('is renewed five minutes before it expires, and serves until the next one arrives', async () => {
    const source = await createFilledSource();
    source.clock.advance(55 * MINUTE_MS - 1);
    expect(await source.getToken()).toBe('first');
    expect(source.asked).toHaveLength(1);
    source.clock.advance(1);
    expect(await Promise.all([source.getToken(), source.getToken()])).toEqual(['first', 'first']);
    expect(source.asked).toHaveLength(2);
    source.give('second');
    await settled();
    expect(await source.getToken()).toBe('second');
    expect(source.asked).toHaveLength(2);
  });

  it('serves after a failed renewal, which is reported once and retried after 30 seconds', async () => {
    const source = await createFilledSource();
    source.clock.advance(56 * MINUTE_MS);
    expect(await Promise.all([source.getToken(), source.getToken()])).toEqual(['first', 'first']);
    source.refuse();
    await settled();
    expect(source.reported).toMatchObject([{ name: 'GraphError', reason: 'token' }]);
    source.clock.advance(29_999);
    expect(await source.getToken()).toBe('first');
    expect(source.asked).toHaveLength(2);
    source.clock.advance(1);
    expect(await source.getToken()).toBe('first');
    expect(source.asked).toHaveLength(3);
  });

  it('is fetched before use when the old one could expire in transit', async () => {
    const source = await createFilledSource();
    source.clock.advance(59.5 * MINUTE_MS);
    const second = source.getToken();
    source.give('second');
    expect(await second).toBe('second');
  });

  it('that is valid for less than five minutes is renewed only every thirty seconds', async () => {
    const source = await createFilledSource(3);
    expect(await source.getToken()).toBe('first');
    expect(source.asked).toHaveLength(1);
    source.clock.advance(30_000);
    expect(await source.getToken()).toBe('first');
    expect(source.asked).toHaveLength(2);
  });
});

describe('A token that Graph has refused', () => {
  it('is replaced once for any number of refused requests', async () => {
    const source = await createFilledSource();
    const refused = [source.getToken('first'), source.getToken('first')];
    source.give('second');
    expect(await Promise.all(refused)).toEqual(['second', 'second']);
    expect(await source.getToken('first')).toBe('second');
    expect(source.asked).toHaveLength(2);
  });

  it('is not replaced within thirty seconds of its predecessor, because the refusal has another cause', async () => {
    const source = await createFilledSource();
    const second = source.getToken('first');
    source.give('second');
    await second;
    source.clock.advance(29_999);
    expect(await source.getToken('second')).toBe('second');
    expect(source.asked).toHaveLength(2);
    source.clock.advance(1);
    const third = source.getToken('second');
    source.give('third');
    expect(await third).toBe('third');
  });

  it('is used again for a while when no other can be fetched', async () => {
    const source = await createFilledSource();
    const refused = source.getToken('first');
    source.refuse();
    await expect(refused).rejects.toMatchObject({ reason: 'token' });
    expect(await source.getToken('first')).toBe('first');
    expect(source.asked).toHaveLength(2);
  });
});

describe('Without a token', () => {
  it('Entra ID is left alone for a second and then requested again', async () => {
    const source = createTestSource();
    const first = source.getToken();
    source.refuse();
    await expect(first).rejects.toMatchObject({
      name: 'GraphError',
      reason: 'token',
      message:
        'No access token for Microsoft Graph could be obtained from Entra ID. The log of the gateway contains the reason.',
    });
    source.clock.advance(999);
    await expect(source.getToken()).rejects.toMatchObject({ reason: 'token' });
    expect(source.asked).toHaveLength(1);
    source.clock.advance(1);
    const second = source.getToken();
    source.give('second');
    expect(await second).toBe('second');
  });

  it('the error says so when the credential returned none', async () => {
    const source = createTestSource();
    const token = source.getToken();
    source.asked[0]?.settle.resolve(null);
    await expect(token).rejects.toMatchObject({ cause: { message: 'The credential returned no token.' } });
  });

  it('a request waits at most eight seconds, and a late token serves the next one', async () => {
    const source = createTestSource();
    const first = source.getToken();
    source.clock.advance(8_000);
    await expect(first).rejects.toMatchObject({
      reason: 'token',
      cause: { message: 'Entra ID returned no token within 8000 ms.' },
    });
    source.give('late');
    await settled();
    expect(await source.getToken()).toBe('late');
    expect(source.asked).toHaveLength(1);
  });
});

it('A fixed token is always the same', async () => {
  const getToken = fixedToken('fixed');
  expect([await getToken(), await getToken('fixed')]).toEqual(['fixed', 'fixed']);
});
