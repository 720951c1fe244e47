import { inspect } from 'node:util';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { defaultScope } from '../../src/msgraph/credentials/cloud.ts';
import type { ApplicationSettings } from '../../src/msgraph/credentials/credential.ts';
import { createOnBehalfOf } from '../../src/msgraph/credentials/on-behalf-of.ts';
import type { OnBehalfOf, OnBehalfOfOptions } from '../../src/msgraph/credentials/on-behalf-of.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';
import { startGraph } from '../support/graph.ts';

const HOUR_MS = 60 * 60_000;

function settingsOf(entra: Entra, kind: ApplicationSettings['kind']): ApplicationSettings {
  const { authority, tenantId, clientId, clientSecret, certificatePath, federatedTokenPath } = entra;
  const application = { authority, tenantId, clientId };
  const settings: Record<ApplicationSettings['kind'], ApplicationSettings> = {
    clientSecret: { kind: 'clientSecret', ...application, clientSecret },
    clientCertificate: { kind: 'clientCertificate', ...application, certificatePath },
    workloadIdentity: { kind: 'workloadIdentity', ...application, tokenFilePath: federatedTokenPath },
  };
  return settings[kind];
}

interface TestOnBehalfOf {
  readonly tokenSourceFor: OnBehalfOf['tokenSourceFor'];
  readonly entra: Entra;
  readonly clock: DrivenClock;
  /** When a token that is issued now expires. */
  readonly expiresAtMs: number;
}

async function start(options: Partial<OnBehalfOfOptions> = {}, entra?: Entra): Promise<TestOnBehalfOf> {
  const started = entra ?? (await startEntra());
  // The SDK uses the system time; everything else uses this clock.
  const clock = createDrivenClock(Date.now());
  const onBehalfOf = createOnBehalfOf({
    settings: settingsOf(started, 'clientSecret'),
    scope: defaultScope('https://graph.microsoft.com'),
    trust: started,
    clock,
    capacity: 10,
    onRenewalFailed: (error) => {
      throw error;
    },
    ...options,
  });
  return {
    tokenSourceFor: (userToken, expiresAtMs) => onBehalfOf.tokenSourceFor(userToken, expiresAtMs),
    entra: started,
    clock,
    expiresAtMs: clock.now() + HOUR_MS,
  };
}

describe('A token on behalf of a user', () => {
  it.each(['clientSecret', 'clientCertificate', 'workloadIdentity'] as const)('is obtained with a %s', async (kind) => {
    const entra = await startEntra();
    const { tokenSourceFor, expiresAtMs } = await start({ settings: settingsOf(entra, kind) }, entra);
    const token = await tokenSourceFor(await entra.issue(), expiresAtMs)();
    expect(decodeJwt(token)).toMatchObject({
      aud: 'https://graph.microsoft.com',
      oid: entra.userId,
      scp: expect.stringContaining('OnlineMeetingRecording.Read.All'),
    });
    expect(entra.grants()).toEqual(['urn:ietf:params:oauth:grant-type:jwt-bearer']);
  });

  it('is fetched once for each user token', async () => {
    const { entra, tokenSourceFor, expiresAtMs } = await start();
    const users = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002'];
    const userTokens = await Promise.all(users.map((objectId) => entra.issue({ objectId })));
    const tokens = await Promise.all(
      [...userTokens, ...userTokens].map((userToken) => tokenSourceFor(userToken, expiresAtMs)()),
    );
    expect(tokens.map((token) => decodeJwt(token)['oid'])).toEqual([...users, ...users]);
    expect(entra.grants()).toHaveLength(2);
  });

  it('is forgotten when the token of the user expires', async () => {
    const { entra, clock, tokenSourceFor, expiresAtMs } = await start();
    const userToken = await entra.issue();
    const source = tokenSourceFor(userToken, expiresAtMs);
    clock.advance(HOUR_MS - 1);
    expect(tokenSourceFor(userToken, expiresAtMs)).toBe(source);
    clock.advance(1);
    expect(tokenSourceFor(userToken, expiresAtMs + HOUR_MS)).not.toBe(source);
  });

  it('is evicted when it is the least recently used one', async () => {
    const { tokenSourceFor, expiresAtMs } = await start({ capacity: 2 });
    const [first, second] = [tokenSourceFor('one', expiresAtMs), tokenSourceFor('two', expiresAtMs)];
    tokenSourceFor('one', expiresAtMs);
    tokenSourceFor('three', expiresAtMs);
    expect(tokenSourceFor('one', expiresAtMs)).toBe(first);
    expect(tokenSourceFor('two', expiresAtMs)).not.toBe(second);
  });

  it('identifies the user to Graph', async () => {
    const { entra, tokenSourceFor, expiresAtMs } = await start();
    const objectIds: string[] = [];
    const graph = await startGraph({
      getToken: async () => tokenSourceFor(await entra.issue({ objectId: objectIds[0] ?? '' }), expiresAtMs)(),
    });
    objectIds.push(graph.emulator.tenant.users[7]?.id ?? '');
    expect(await graph.client.get('/me', graph.operation())).toMatchObject({ id: objectIds[0] });
  });
});

describe('A user for whom Entra ID issues no token', () => {
  const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

  it.each([
    {
      refusal: { error: 'interaction_required', code: 50_076, description: 'More is wanted.', claims: CLAIMS },
      claims: CLAIMS,
      words: 'Sign in again with the claims that Entra ID requires, or have',
    },
    {
      refusal: { error: 'invalid_grant', code: 500_133, description: 'The assertion is over.' },
      claims: null,
      words: 'Sign in again, or have an administrator grant access.',
    },
  ])('receives the reason: $refusal.error', async ({ refusal, claims, words }) => {
    const { entra, tokenSourceFor, expiresAtMs } = await start();
    entra.settings.tokens = refusal;
    const userToken = await entra.issue();
    const error: unknown = await tokenSourceFor(userToken, expiresAtMs)().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'GraphError', reason: 'token', code: refusal.error, claims });
    expect(String(error)).toContain(words);
    expect(inspect(error, { depth: 10 })).toContain(`AADSTS${refusal.code}`);
    for (const secret of [userToken, entra.clientSecret]) {
      expect(inspect(error, { depth: 10 })).not.toContain(secret);
    }
  });

  it.each([
    ['another has signed', { keyId: 'unknown' }, true],
    ['is for another application', { audience: 'another' }, false],
  ])('has a token that %s', async (_why, wish, isForged) => {
    const { entra, tokenSourceFor, expiresAtMs } = await start();
    const userToken = await entra.issue(wish);
    if (isForged) await entra.rotateKeys();
    await expect(tokenSourceFor(userToken, expiresAtMs)()).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  it('is not blamed for an error of the gateway itself', async () => {
    const entra = await startEntra();
    const settings = { ...settingsOf(entra, 'clientSecret'), kind: 'clientSecret', clientSecret: 'wrong' } as const;
    const { tokenSourceFor, expiresAtMs } = await start({ settings }, entra);
    await expect(tokenSourceFor(await entra.issue(), expiresAtMs)()).rejects.toMatchObject({
      reason: 'token',
      code: null,
      claims: null,
      message:
        'No access token for Microsoft Graph could be obtained from Entra ID. The log of the gateway contains the reason.',
    });
  });
});

it('On-behalf-of rejects a certificate with a password at the start', async () => {
  const entra = await startEntra();
  const { authority, tenantId, clientId, certificatePath } = entra;
  const settings = { kind: 'clientCertificate', authority, tenantId, clientId, certificatePath } as const;
  await expect(start({ settings: { ...settings, certificatePassword: 'secret' } }, entra)).rejects.toThrow(
    'The private key of the certificate must not have a password',
  );
});
