import { generateKeyPairSync } from 'node:crypto';
import { UnsecuredJWT, decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createValidationTokens } from '../../src/access/validation-token.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import type { TokenWish } from '../support/entra-token-issuer.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';

/** Microsoft Graph Change Tracking: https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data */
const PUBLISHER_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';
const ANOTHER_ID = '99999999-aaaa-4bbb-8ccc-dddddddddddd';

interface TestTokens {
  readonly entra: Entra;
  readonly clock: DrivenClock;
  /** Whether all of these tokens are genuine. */
  readonly areGenuine: (...tokens: readonly string[]) => Promise<boolean>;
  /** A token as Graph sends it, except for what the wish changes. */
  readonly issue: (wish?: TokenWish) => Promise<string>;
  /** The reasons why tokens were refused. */
  readonly refusals: readonly unknown[];
}

async function start(): Promise<TestTokens> {
  const clock = createDrivenClock();
  const entra = await startEntra({ clock });
  const refusals: unknown[] = [];
  const tokens = createValidationTokens({
    authority: entra.authority,
    tenantIds: [entra.tenantId, '11111111-2222-4333-8444-555555555555'],
    appIds: ['a former application', entra.clientId],
    certificateAuthority: entra.certificateAuthority,
    clock,
    onKeysNotRenewed: (error) => expect.fail(String(error)),
    onRefused: (error) => refusals.push(error),
  });
  return {
    entra,
    clock,
    refusals,
    areGenuine: (...given) => tokens.areGenuine(given),
    // The other claims of an application token say nothing about the sender.
    issue: ({ claims, ...wish } = {}) =>
      entra.issue({
        kind: 'application',
        version: 1,
        claims: { appid: PUBLISHER_ID, oid: undefined, sub: undefined, ...claims },
        ...wish,
      }),
  };
}

/** A token whose claims are replaced after signing. */
function withClaims(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [header, , signature] = token.split('.');
  const changed = Buffer.from(JSON.stringify({ ...decodeJwt(token), ...claims })).toString('base64url');
  return [header, changed, signature].join('.');
}

describe('Validation tokens are genuine', () => {
  it('when Entra ID has issued them to Microsoft Graph for us; the common keys are fetched once', async () => {
    const { entra, areGenuine, issue, refusals } = await start();
    expect(await areGenuine(await issue(), await issue({ audience: 'a former application' }))).toBe(true);
    expect(entra.requests.map(({ path }) => path)).toEqual(['/common/discovery/v2.0/keys']);
    expect(refusals).toEqual([]);
  });

  it.each<[string, TokenWish]>([
    ['are of version 2', { version: 2, claims: { appid: undefined, azp: PUBLISHER_ID } }],
    ['are of another of our tenants', { tenantId: '11111111-2222-4333-8444-555555555555' }],
    ['ended 59 seconds ago', { expiresInSeconds: -59 }],
  ])('when they %s', async (_what, wish) => {
    const { areGenuine, issue } = await start();
    expect(await areGenuine(await issue(wish))).toBe(true);
  });
});

describe('Validation tokens are refused', () => {
  it('when there are none', async () => {
    const { entra, areGenuine, refusals } = await start();
    expect(await areGenuine()).toBe(false);
    expect(refusals).toMatchObject([{ message: expect.stringContaining('no validation tokens') }]);
    expect(entra.requests).toEqual([]);
  });

  it.each<[string, string, TokenWish]>([
    [
      'issued to another application',
      'to an application other than Microsoft Graph',
      { claims: { appid: ANOTHER_ID } },
    ],
    [
      'issued to ourselves',
      'to an application other than Microsoft Graph',
      { claims: { appid: 'c0ffee00-5a1e-4d2b-9b7f-61e0a3d94c28' } },
    ],
    ['issued to no application', 'to an application other than Microsoft Graph', { claims: { appid: undefined } }],
    [
      'of version 2 issued to another application',
      'to an application other than Microsoft Graph',
      { version: 2, claims: { appid: undefined, azp: ANOTHER_ID } },
    ],
    ['for another application', 'unexpected "aud"', { audience: ANOTHER_ID }],
    ['for no application', '"aud"', { claims: { aud: undefined } }],
    ['of another tenant', 'not a tenant that this gateway serves', { tenantId: ANOTHER_ID }],
    [
      'with the id of another tenant and the issuer of ours',
      'is not the tenant that issued the token',
      { claims: { tid: ANOTHER_ID } },
    ],
    ['by another issuer', 'not a tenant that this gateway serves', { claims: { iss: 'https://sts.example/' } }],
    ['that has expired', '"exp"', { expiresInSeconds: -60 }],
    ['that never expires', '"exp"', { claims: { exp: undefined } }],
    ['that is not valid yet', '"nbf"', { validInSeconds: 61 }],
    ['signed with an unknown key', 'unknown key', { keyId: 'another' }],
    [
      'signed with another key',
      'signature verification failed',
      { key: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey },
    ],
  ])('with one %s', async (_what, reason, wish) => {
    const { areGenuine, issue, refusals } = await start();
    const token = await issue(wish);
    expect(await areGenuine(token)).toBe(false);
    expect(refusals).toMatchObject([{ message: expect.stringContaining(reason) }]);
    expect(String(refusals[0])).not.toContain(token);
  });

  it.each<[string, (token: string, entra: Entra) => string | Promise<string>]>([
    ['that is not a token', () => 'garbage'],
    ['that is empty', () => ''],
    ['whose claims were changed', (token) => withClaims(token, { uti: 'another' })],
    [
      'whose signature was changed',
      (token) => `${token.slice(0, -9)}${token.at(-9) === 'A' ? 'B' : 'A'}${token.slice(-8)}`,
    ],
    ['without its signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
    ['of the algorithm none', (token) => new UnsecuredJWT(decodeJwt(token)).encode()],
    [
      'signed with the public key, taken for a secret',
      (token, entra) =>
        entra.issue({
          claims: decodeJwt(token),
          alg: 'HS256',
          key: Buffer.from(entra.publicKey().export({ type: 'spki', format: 'pem' })),
        }),
    ],
  ])('with one %s', async (_what, change) => {
    const { entra, areGenuine, issue, refusals } = await start();
    expect(await areGenuine(await change(await issue(), entra))).toBe(false);
    expect(refusals).toHaveLength(1);
  });

  it('whose key signs for another of our tenants', async () => {
    const { entra, areGenuine, issue, refusals } = await start();
    entra.settings.keyIssuer = `${entra.authority}/11111111-2222-4333-8444-555555555555/v2.0`;
    expect(await areGenuine(await issue())).toBe(false);
    expect(refusals).toMatchObject([{ message: expect.stringContaining('unknown key') }]);
    expect(await areGenuine(await issue({ tenantId: '11111111-2222-4333-8444-555555555555' }))).toBe(true);
  });

  it('all together, when any one of them is not genuine', async () => {
    const { areGenuine, issue } = await start();
    const [good, bad] = [await issue(), await issue({ claims: { appid: ANOTHER_ID } })];
    expect(await areGenuine(good, bad)).toBe(false);
    expect(await areGenuine(bad, good)).toBe(false);
  });

  it('when the keys of Entra ID cannot be fetched, and accepted once they can', async () => {
    const { entra, areGenuine, issue, refusals } = await start();
    entra.settings.keys = 'down';
    expect(await areGenuine(await issue())).toBe(false);
    expect(refusals).toMatchObject([{ name: 'AuthenticationUnavailableError' }]);
    entra.settings.keys = 'up';
    expect(await areGenuine(await issue())).toBe(true);
  });
});
