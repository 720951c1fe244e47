import type { AccessToken, TokenCredential } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { createTokenSource, fixedToken } from '../../src/msgraph/token.ts';
import type { GetToken } from '../../src/msgraph/token.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';

const MINUTE_MS = 60_000;
const SCOPE = 'https://graph.microsoft.com/.default';

interface TestSource {
  readonly getToken: GetToken;
  readonly clock: DrivenClock;
  /** Every request for a token that has come, to be settled. */
  readonly asked: readonly { readonly scope: unknown; readonly settle: PromiseWithResolvers<AccessToken | null> }[];
  /** Answers the latest request with a token that is good for so many minutes. */
  readonly give: (token: string, minutes?: number) => void;
  /** Refuses the latest request. */
  readonly refuse: () => void;
  /** What has been told of renewals that failed. */
  readonly reported: readonly unknown[];
}

/** A source over a credential that answers when it is told to. */
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

/** As `createTestSource`, when it has got its first token. */
async function createFilledSource(minutes = 60): Promise<TestSource> {
  const source = createTestSource();
  const first = source.getToken();
  source.give('first', minutes);
  expect(await first).toBe('first');
  return source;
}

/** Resolves when all that is settled has been dealt with. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('A token for Graph', () => {
  it('is fetched once, however many requests wait for it', async () => {
    const source = createTestSource();
    const tokens = Promise.all(Array.from({ length: 100 }, () => source.getToken()));
    source.give('the token');
    expect(new Set(await tokens)).toEqual(new Set(['the token']));
    expect(source.asked.map(({ scope }) => scope)).toEqual([SCOPE]);
  });

  it('is kept until five minutes before it expires, and still serves while another is fetched', async () => {
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

  it('still serves when it could not be renewed, which is reported once and tried again after a pause', async () => {
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

  it('is waited for when the old one may be too old on its way', async () => {
    const source = await createFilledSource();
    source.clock.advance(59.5 * MINUTE_MS);
    const second = source.getToken();
    source.give('second');
    expect(await second).toBe('second');
  });

  it('that is good for less than five minutes is not renewed all the time', async () => {
    const source = await createFilledSource(3);
    expect(await source.getToken()).toBe('first');
    expect(source.asked).toHaveLength(1);
    source.clock.advance(30_000);
    expect(await source.getToken()).toBe('first');
    expect(source.asked).toHaveLength(2);
  });
});

describe('A token that Graph has refused', () => {
  it('is replaced once, however many requests it was refused with', async () => {
    const source = await createFilledSource();
    const refused = [source.getToken('first'), source.getToken('first')];
    source.give('second');
    expect(await Promise.all(refused)).toEqual(['second', 'second']);
    expect(await source.getToken('first')).toBe('second');
    expect(source.asked).toHaveLength(2);
  });

  it('is not replaced when it replaces another, because it was refused for some other reason', async () => {
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

  it('is given again for a while when there is no other', async () => {
    const source = await createFilledSource();
    const refused = source.getToken('first');
    source.refuse();
    await expect(refused).rejects.toMatchObject({ reason: 'token' });
    expect(await source.getToken('first')).toBe('first');
    expect(source.asked).toHaveLength(2);
  });
});

describe('When there is no token', () => {
  it('Entra ID is left alone for a second, and then asked again', async () => {
    const source = createTestSource();
    const first = source.getToken();
    source.refuse();
    await expect(first).rejects.toMatchObject({
      name: 'GraphError',
      reason: 'token',
      message: 'No access token for Microsoft Graph could be had from Entra ID. The log has the reason.',
    });
    source.clock.advance(999);
    await expect(source.getToken()).rejects.toMatchObject({ reason: 'token' });
    expect(source.asked).toHaveLength(1);
    source.clock.advance(1);
    const second = source.getToken();
    source.give('second');
    expect(await second).toBe('second');
  });

  it('because the credential has none, that is said', async () => {
    const source = createTestSource();
    const token = source.getToken();
    source.asked[0]?.settle.resolve(null);
    await expect(token).rejects.toMatchObject({ cause: { message: 'The credential gave no token.' } });
  });

  it('nobody waits longer than eight seconds, and one that comes later is for the next', async () => {
    const source = createTestSource();
    const first = source.getToken();
    source.clock.advance(8_000);
    await expect(first).rejects.toMatchObject({
      reason: 'token',
      cause: { message: 'Entra ID gave no token within 8000 ms.' },
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
