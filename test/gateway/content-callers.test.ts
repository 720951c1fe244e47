import { describe, expect, it } from 'vitest';
import type { PolicySettings } from '../../src/access/policy.ts';
import { KEYS, contentLinks, open, refusedFor, sealFor } from '../support/content-door.ts';
import { addShortRecording, askForContent, linkTo } from '../support/content.ts';
import type { Recording } from '../support/content.ts';
import type { TokenWish } from '../support/entra-token-issuer.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';
import { at, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const ROLE = 'Recordings.Read.All';
const DENIED =
  'The object does not exist, or the caller has no access to it. Users have access to what they organized themselves.';
const OTHERS = { shared: '7d1c1f52-6a09-4c55-8f0e-31b9a5c0d2aa', other: '0c2e8a11-44b7-4f37-9a3e-6d5b1f0e9c33' };

interface Setting {
  readonly entra: Entra;
  readonly gateway: TestGateway;
  /** One organized by the user of Entra ID, one by a shared organizer, one by another who invited the user. */
  readonly recordings: Readonly<Record<'own' | 'shared' | 'other', Recording>>;
  readonly headersOf: (wish: TokenWish) => Promise<{ authorization: string }>;
  /** Another gateway over the same Graph, with another policy or tenant. */
  readonly another: (policy: Partial<PolicySettings>, tenantIds?: readonly [string]) => Promise<TestGateway>;
}

async function start(): Promise<Setting> {
  const entra = await startEntra();
  const { authority, clientId, tenantId, userId } = entra;
  const policyOf = (policy: Partial<PolicySettings> = {}): PolicySettings => ({
    tenantRole: ROLE,
    sharedOrganizers: [OTHERS.shared],
    ...policy,
  });
  const configOf = (policy: PolicySettings, tenantIds: readonly [string] = [tenantId]) => ({
    callers: { authority, tenantIds, audiences: [clientId] },
    policy,
    graphCertificateAuthority: entra.certificateAuthority,
    sealingKeys: [KEYS.A] as const,
  });
  const gateway = await startGateway({
    tenant: { users: 0, meetings: 0, recordings: 0 },
    config: configOf(policyOf()),
  });
  const { emulator } = gateway;
  function add(name: string, organizerId: string): Recording {
    emulator.addUser({ id: organizerId });
    emulator.addMeeting({ id: `meeting-${name}`, organizerId, attendeeIds: [userId] });
    return addShortRecording({ emulator }, { id: `recording-${name}`, meetingId: `meeting-${name}` });
  }
  return {
    entra,
    gateway,
    recordings: { own: add('own', userId), shared: add('shared', OTHERS.shared), other: add('other', OTHERS.other) },
    headersOf: async (wish) => ({ authorization: `Bearer ${await entra.issue(wish)}` }),
    another: (policy, tenantIds) => startGateway({ emulator, config: configOf(policyOf(policy), tenantIds) }),
  };
}

const USER: TokenWish = { kind: 'user' };
const HOLDER: TokenWish = { kind: 'user', roles: [ROLE, 'Something.Else'] };

describe('With application access to Graph', () => {
  it.each<[string, TokenWish, Readonly<Record<'own' | 'shared' | 'other', boolean>>]>([
    ['a user', USER, { own: true, shared: true, other: false }],
    ['a user with another role', { roles: ['Something.Else'] }, { own: true, shared: true, other: false }],
    ['a user with the role of the tenant', HOLDER, { own: true, shared: true, other: true }],
    ['an application', { kind: 'application' }, { own: false, shared: true, other: false }],
    ['an application with the role', { kind: 'application', roles: [ROLE] }, { own: true, shared: true, other: true }],
  ])('%s has links that open to exactly the recordings they may see', async (_, wish, sees) => {
    const { gateway, headersOf, recordings } = await start();
    const headers = await headersOf(wish);
    async function outcomeOf(name: 'own' | 'shared' | 'other'): Promise<object> {
      gateway.emulator.clearRequests();
      const response = await askForContent(gateway, recordings[name], { headers });
      const url = at(response, 'data.callRecording.content.url');
      if (typeof url === 'string') return { status: (await open(url)).status };
      return { told: response.errors?.map(({ message }) => message), asked: gateway.requests() };
    }
    const denied = { told: [DENIED], asked: [] };
    // In sequence, because the requests to Graph are checked after each.
    expect([await outcomeOf('own'), await outcomeOf('shared'), await outcomeOf('other')]).toEqual(
      [sees.own, sees.shared, sees.other].map((isSeen) => (isSeen ? { status: 206 } : denied)),
    );
  });

  it('an attendee has no link to the recording, under their own id neither', async () => {
    const { entra, gateway, headersOf } = await start();
    const recording = `callRecording(meetingOrganizerId: "${entra.userId}", meetingId: "meeting-other", id: "recording-other")`;
    expect(await gateway.query(`{ ${recording} { content { url size } } }`, {}, await headersOf(USER))).toMatchObject({
      data: { callRecording: null },
      errors: [{ message: DENIED, extensions: { code: 'FORBIDDEN' } }],
    });
    expect(gateway.paths().some((path) => path.endsWith('/content'))).toBe(false);
  });

  it('a link opens without a token, and with an invalid one', async () => {
    const { gateway, headersOf, recordings } = await start();
    const url = await linkTo(gateway, recordings.own, { headers: await headersOf(USER) });
    const range = 'bytes=0-9';
    const opened = [{ range }, { range, authorization: 'Bearer nonsense' }].map((headers) => open(url, { headers }));
    expect((await Promise.all(opened)).map(({ status }) => status)).toEqual([206, 206]);
  });

  it('a link expires with the token that requested it', async () => {
    const { gateway, headersOf, recordings } = await start();
    const before = Date.now();
    const headers = await headersOf({ expiresInSeconds: 600 });
    const response = await askForContent(gateway, recordings.own, { headers, seconds: 3_600 });
    const end = Date.parse(String(at(response, 'data.callRecording.content.expirationDateTime')));
    expect(end % 1_000).toBe(0);
    expect(end).toBeGreaterThanOrEqual(Math.floor(before / 1_000) * 1_000 + 600_000);
    expect(end).toBeLessThanOrEqual(Date.now() + 600_000);
  });
});

describe('The access check at the opening of a link', () => {
  it.each<[string, 'shared' | 'other', TokenWish, Partial<PolicySettings>]>([
    ['an organizer is shared no more', 'shared', USER, { sharedOrganizers: [] }],
    ['another role is that of the tenant', 'other', HOLDER, { tenantRole: 'Another.Role' }],
  ])('refuses the link if %s, with the message of every denial', async (_, name, wish, policy) => {
    const { another, gateway, headersOf, recordings } = await start();
    const url = await linkTo(gateway, recordings[name], { headers: await headersOf(wish) });
    const stricter = await another(policy);
    gateway.emulator.clearRequests();
    expect(await open(url.replace(gateway.url, stricter.url))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      reason: null,
      message: DENIED,
      cacheControl: 'private, no-store, no-transform',
    });
    expect(gateway.requests()).toEqual([]);
    expect(await open(url)).toMatchObject({ status: 206 });
  });

  it('calls the link foreign if the tenant of the caller is no longer trusted', async () => {
    const { another, gateway, headersOf, recordings } = await start();
    const url = await linkTo(gateway, recordings.other, { headers: await headersOf(HOLDER) });
    const stricter = await another({}, ['11111111-1111-4111-8111-111111111111']);
    expect(await open(url.replace(gateway.url, stricter.url))).toEqual(refusedFor('FOREIGN'));
  });

  it('calls a link foreign that was made before callers were authenticated', async () => {
    const { gateway, recordings } = await start();
    const sealed = sealFor(recordings.own, contentLinks([KEYS.A]));
    expect(await open(`${gateway.url}/content/${sealed}`)).toEqual(refusedFor('FOREIGN'));
    expect(gateway.requests()).toEqual([]);
  });
});
