import { generateKeyPairSync } from 'node:crypto';
import { UnsecuredJWT, decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAuthentication } from '../../src/access/authentication.ts';
import type { AuthenticationOptions } from '../../src/access/authentication.ts';
import type { Caller } from '../../src/access/caller.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import type { TokenWish } from '../support/entra-token-issuer.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';

const OTHER_TENANT = '99999999-aaaa-4bbb-8ccc-dddddddddddd';

interface TestAuthentication {
  readonly entra: Entra;
  readonly clock: DrivenClock;
  readonly authenticate: (authorization?: string) => Promise<Caller>;
  /** The caller that a token identifies. */
  readonly identify: (token: string) => Promise<Caller>;
  /** The caller of a newly issued token, which is valid except for what the wish changes. */
  readonly identifyNew: (wish?: TokenWish) => Promise<Caller>;
}

async function start(tenantIds?: AuthenticationOptions['tenantIds']): Promise<TestAuthentication> {
  const clock = createDrivenClock();
  const entra = await startEntra({ clock });
  const authentication = createAuthentication({
    authority: entra.authority,
    tenantIds: tenantIds ?? [entra.tenantId],
    audiences: [entra.clientId, `api://${entra.clientId}`],
    certificateAuthority: entra.certificateAuthority,
    clock,
    onKeysNotRenewed: (error) => expect.fail(String(error)),
  });
  const authenticate = (authorization?: string): Promise<Caller> => authentication.authenticate(authorization);
  const identify = (token: string): Promise<Caller> => authenticate(`Bearer ${token}`);
  return { entra, clock, authenticate, identify, identifyNew: async (wish) => identify(await entra.issue(wish)) };
}

/** A token whose claims are replaced after signing. */
function withClaims(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [header, , signature] = token.split('.');
  const changed = Buffer.from(JSON.stringify({ ...decodeJwt(token), ...claims })).toString('base64url');
  return [header, changed, signature].join('.');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same token with other bits behind the last byte of its signature, which decode to the same bytes. */
function withTrailingBits(token: string): string {
  return token.slice(0, -1) + ALPHABET.charAt(ALPHABET.indexOf(token.slice(-1)) + 1);
}

describe('A caller with a good token', () => {
  it.each([1, 2] as const)('with a token of version %i is the user that the token was issued for', async (version) => {
    const { entra, clock, identify } = await start();
    const token = await entra.issue({ version, roles: ['Recordings.Read.Tenant'] });
    expect(await identify(token)).toEqual({
      kind: 'user',
      tenantId: entra.tenantId,
      objectId: entra.userId,
      roles: new Set(['Recordings.Read.Tenant']),
      token,
      expiresAtMs: clock.now() + 3_600_000,
    });
  });

  it.each([
    ['it says so', { claims: { idtyp: 'app', sub: 'something' } }],
    ['it is about itself and has no scope', {}],
    ['it says so in version 1', { version: 1, claims: { idtyp: 'app' } }],
  ] as const)('is an application when %s', async (_why, wish) => {
    const { entra, clock, identifyNew } = await start();
    expect(await identifyNew({ kind: 'application', roles: ['Recordings.Read.Tenant'], ...wish })).toEqual({
      kind: 'application',
      tenantId: entra.tenantId,
      objectId: entra.servicePrincipalId,
      roles: new Set(['Recordings.Read.Tenant']),
      expiresAtMs: clock.now() + 3_600_000,
    });
  });

  it('is a user when the token has a scope, even if it is about itself', async () => {
    const { entra, identifyNew } = await start();
    expect(await identifyNew({ claims: { sub: entra.userId } })).toMatchObject({ kind: 'user' });
  });

  it.each<[string, (entra: Entra) => TokenWish]>([
    ["the application's id as a URI", (entra) => ({ audience: `api://${entra.clientId}` })],
    ['a token that ended 59 seconds ago', () => ({ expiresInSeconds: -59 })],
    ['a token that begins in 60 seconds', () => ({ validInSeconds: 60 })],
    ['no roles', () => ({ roles: [] })],
  ])('is accepted with %s', async (_what, wishOf) => {
    const { entra, identifyNew } = await start();
    expect(await identifyNew(wishOf(entra))).toMatchObject({ kind: 'user', objectId: entra.userId });
  });

  it.each<[string, (entra: Entra) => string]>([
    ['this tenant', ({ authority, tenantId }) => `${authority}/${tenantId}/v2.0`],
    ['any tenant, in version 1', () => 'https://sts.windows.net/{tenantid}/'],
    ['any tenant, under another host of Entra ID', () => 'https://login.windows.net/{tenantid}/v2.0'],
  ])('is accepted by a key that signs for %s', async (_what, keyIssuerOf) => {
    const { entra, identifyNew } = await start();
    entra.settings.keyIssuer = keyIssuerOf(entra);
    expect(await identifyNew()).toMatchObject({ kind: 'user', objectId: entra.userId });
  });

  it('may write the scheme in any letter case', async () => {
    const { entra, authenticate } = await start();
    expect(await authenticate(`bearer  ${await entra.issue()}`)).toMatchObject({ kind: 'user' });
  });

  it('may be of any of several tenants, each with its own keys, whatever the letter case of their ids', async () => {
    const { entra, identifyNew } = await start(['7D3C1A52-90F4-4B1E-8A6D-2F5BE0C4A911', OTHER_TENANT]);
    for (const tenantId of [entra.tenantId, OTHER_TENANT]) {
      expect(await identifyNew({ tenantId })).toMatchObject({ tenantId });
      expect(entra.requests.at(-1)?.path).toBe(`/${tenantId}/discovery/v2.0/keys`);
    }
  });

  it('is still accepted with cached keys while Entra ID is down; without them the keys are unavailable', async () => {
    const { entra, identifyNew } = await start(['7d3c1a52-90f4-4b1e-8a6d-2f5be0c4a911', OTHER_TENANT]);
    await identifyNew();
    entra.settings.keys = 'down';
    expect(await identifyNew()).toMatchObject({ kind: 'user' });
    await expect(identifyNew({ tenantId: OTHER_TENANT })).rejects.toMatchObject({
      name: 'AuthenticationUnavailableError',
    });
  });
});

describe('A caller is not accepted', () => {
  it.each([
    ['without a header', undefined],
    ['with an empty header', ''],
    ['with another scheme', 'Basic dXNlcjpwYXNzd29yZA=='],
    ['with the scheme alone', 'Bearer '],
    ['with two tokens', 'Bearer a.b.c d.e.f'],
  ])('%s', async (_what, authorization) => {
    const { authenticate } = await start();
    await expect(authenticate(authorization)).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: 'An access token is required. Send it as "Authorization: Bearer ...".',
    });
  });

  it.each<[string, TokenWish]>([
    ['of another tenant', { tenantId: OTHER_TENANT }],
    ['with the id of another tenant and the issuer of this one', { claims: { tid: OTHER_TENANT } }],
    ['with the id of this tenant and a foreign issuer', { claims: { iss: 'https://entra.example/v2.0' } }],
    ['without an issuer', { claims: { iss: undefined } }],
    ['for another audience', { audience: 'https://graph.microsoft.com' }],
    ['for no audience', { claims: { aud: undefined } }],
    ['that has expired', { expiresInSeconds: -60 }],
    ['that never expires', { claims: { exp: undefined } }],
    ['that is not valid yet', { validInSeconds: 61 }],
    ['without the time from which it is valid', { claims: { nbf: undefined } }],
    ['without the id of a user', { claims: { oid: undefined } }],
    ['without the id of a tenant', { claims: { tid: undefined } }],
    ['whose roles are not a list', { claims: { roles: 'Recordings.Read.Tenant' } }],
    ['of a sign-in, which is an ID token', { claims: { scp: undefined } }],
    ['that names an unknown key', { keyId: 'another' }],
    ['that names no key', { keyId: '' }],
  ])('with a token %s', async (_what, wish) => {
    const { entra, identify } = await start();
    const token = await entra.issue(wish);
    const error: unknown = await identify(token).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AuthenticationError' });
    expect(String(error)).not.toContain(token);
  });

  it.each<[string, (entra: Entra) => TokenWish]>([
    ['by another key', () => ({ key: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey })],
    [
      'by the public key, taken for a secret',
      (entra) => ({ alg: 'HS256', key: Buffer.from(entra.publicKey().export({ type: 'spki', format: 'pem' })) }),
    ],
    ['by the right key in another way', (entra) => ({ alg: 'PS256', key: entra.privateKey() })],
  ])('with a token signed %s', async (_what, wishOf) => {
    const { entra, identifyNew } = await start();
    await expect(identifyNew(wishOf(entra))).rejects.toMatchObject({ name: 'AuthenticationError' });
  });

  it.each<[string, (token: string) => string]>([
    ['a text that is not a token', () => 'garbage'],
    ['three meaningless parts', () => 'a.b.c'],
    ['claims that were changed', (token) => withClaims(token, { oid: 'another' })],
    ['no signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
    ['the algorithm none', (token) => new UnsecuredJWT(decodeJwt(token)).encode()],
    ['a valid token in another encoding', withTrailingBits],
    ['a valid token with padding', (token) => `${token}==`],
  ])('with %s', async (_what, change) => {
    const { entra, identify } = await start();
    await expect(identify(change(await entra.issue()))).rejects.toMatchObject({ name: 'AuthenticationError' });
  });

  it('with an unknown signing key, and the error says so', async () => {
    const { identifyNew } = await start();
    await expect(identifyNew({ keyId: 'forged' })).rejects.toThrow('The token is signed with an unknown key.');
  });

  it.each<[string, (entra: Entra) => string]>([
    ['another tenant', ({ authority }) => `${authority}/${OTHER_TENANT}/v2.0`],
    ['nobody', () => ''],
  ])('with a key that is published and signs for %s', async (_what, keyIssuerOf) => {
    const { entra, identifyNew } = await start(['7d3c1a52-90f4-4b1e-8a6d-2f5be0c4a911', OTHER_TENANT]);
    entra.settings.keyIssuer = keyIssuerOf(entra);
    await expect(identifyNew()).rejects.toThrow('The token is signed with an unknown key.');
  });

  it('with a token of a tenant that is not served, whose keys are not fetched', async () => {
    const { entra, identifyNew } = await start();
    await expect(identifyNew({ tenantId: OTHER_TENANT })).rejects.toMatchObject({
      message: 'The issuer of the token is not a tenant that this gateway serves.',
    });
    expect(entra.requests).toEqual([]);
  });
});
