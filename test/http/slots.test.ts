import { describe, expect, it } from 'vitest';
import type { SlotSettings } from '../../src/config.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { open } from '../support/content-door.ts';
import { addShortRecording, linkTo, linkToNewest } from '../support/content.ts';
import type { TokenWish } from '../support/entra-token-issuer.ts';
import { startEntra } from '../support/entra.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';

const PER_CALLER =
  'This caller has reached the limit on recordings streaming at once (1). Close one, or wait until one ends.';
const IN_ALL = 'No more recordings can stream at once: the gateway has reached its limit of 1. Retry later.';

/** The answer when no place is free. */
const refusedFor = (message: string) => ({
  status: 429,
  retryAfter: '5',
  cacheControl: 'private, no-store, no-transform',
  code: 'THROTTLED',
  reason: null,
  message,
});

interface Setting {
  readonly gateway: TestGateway;
  readonly clock: DrivenClock;
  readonly url: string;
}

/** A gateway that does not authenticate callers, with one recording larger than the buffers of a connection. */
async function start(streams: SlotSettings, options: TestGatewayOptions = {}): Promise<Setting> {
  const clock = createDrivenClock();
  const settings = { contentBytes: 16 * 1_024 * 1_024 };
  const gateway = await startGateway({ clock, settings, ...options, config: { streams, ...options.config } });
  return { gateway, clock, url: await linkTo(gateway, addShortRecording(gateway)) };
}

/** Begins to stream, and reads no more than the first bytes. */
async function begin(url: string): Promise<{ readonly leave: () => void; readonly rest: () => Promise<number> }> {
  const controller = new AbortController();
  const response = await fetch(url, { signal: controller.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  return {
    leave: () => controller.abort(),
    async rest() {
      let bytes = 0;
      for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
        bytes += piece.value.length;
      }
      return bytes;
    },
  };
}

/** The log line of each stream that has ended. */
function ended(gateway: TestGateway): Readonly<Record<string, unknown>>[] {
  return gateway
    .logged()
    .split('\n')
    .filter((line) => /"content (streamed|requested)"/.test(line))
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
}

/** Resolves when the gateway has noticed the end of `count` streams. */
async function untilEnded(gateway: TestGateway, count: number): Promise<void> {
  await expect.poll(() => ended(gateway).length, { interval: 5 }).toBe(count);
}

describe('At the limit of content streams', () => {
  it('the next is refused with a message and a Retry-After, without a request to Graph', async () => {
    const { gateway, url } = await start({ inAll: 1, perCaller: 1 });
    const { leave } = await begin(url);
    gateway.emulator.clearRequests();
    expect([await open(url), await open(url)]).toEqual([refusedFor(IN_ALL), refusedFor(IN_ALL)]);
    expect(gateway.requests()).toEqual([]);
    expect(ended(gateway)).toEqual([]);
    leave();
  });

  const ENDINGS: Readonly<Record<string, (setting: Setting) => Promise<unknown>>> = {
    'a stream has ended': async ({ url }) => (await begin(url)).rest(),
    'a viewer has disconnected': async ({ url }) => (await begin(url)).leave(),
    'a viewer has disconnected before the first byte': async ({ gateway, url }) => {
      const hold = gateway.emulator.hold({ pathPattern: '/content$' });
      const controller = new AbortController();
      const opening = fetch(url, { signal: controller.signal });
      await hold.arrived(1);
      controller.abort();
      await expect(opening).rejects.toThrow('abort');
      await untilEnded(gateway, 1);
      hold.release();
    },
    'Graph has refused': async ({ gateway, url }) => {
      gateway.emulator.fail({ kind: 'status', status: 403, match: { pathPattern: '/content$' } });
      expect(await open(url)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    },
    'Graph has cut the connection': async ({ gateway, url }) => {
      gateway.emulator.fail({ kind: 'cut', times: 2, match: { pathPattern: '/content$' } });
      await expect((await begin(url)).rest()).rejects.toThrow('terminated');
    },
    'HEAD was answered': ({ url }) => open(url, { method: 'HEAD' }),
    'a range was refused': async ({ url }) => {
      expect((await fetch(url, { headers: { range: 'bytes=99999999-' } })).status).toBe(416);
    },
  };

  it.each(Object.entries(ENDINGS))('a place is free again when %s', async (_, end) => {
    const setting = await start({ inAll: 1, perCaller: 1 });
    await end(setting);
    await untilEnded(setting.gateway, 1);
    expect(await open(setting.url)).toMatchObject({ status: 206 });
    await untilEnded(setting.gateway, 2);
    expect(await open(setting.url)).toMatchObject({ status: 206 });
  });

  it('a place is free again when a viewer has read nothing for five minutes', async () => {
    const { clock, gateway, url } = await start({ inAll: 1, perCaller: 1 });
    const { rest } = await begin(url);
    clock.advance(300_000);
    expect(await open(url)).toEqual(refusedFor(IN_ALL));
    // The buffers of the connection have to fill first.
    const pass = (): number => {
      clock.advance(300_000);
      return ended(gateway).length;
    };
    await expect.poll(pass, { interval: 5 }).toBe(1);
    await expect(rest()).rejects.toThrow('terminated');
    // The first link has expired meanwhile.
    expect(await open(await linkToNewest(gateway))).toMatchObject({ status: 206 });
  });

  it('a viewer who leaves while the meeting is loaded leaves nothing open at Graph', async () => {
    const { clock, gateway, url } = await start({ inAll: 1, perCaller: 1 });
    const hold = gateway.emulator.hold({ pathPattern: '/onlineMeetings/[^/]+$' });
    const controller = new AbortController();
    const opening = fetch(url, { signal: controller.signal });
    await hold.arrived(1);
    await expect
      .poll(() => gateway.logged(), { interval: 5 })
      .toMatch(/"outcome":200.*"sent a request to Microsoft Graph"/);
    controller.abort();
    await expect(opening).rejects.toThrow('abort');
    await untilEnded(gateway, 1);
    clock.advance(2_000);
    const content = (): unknown => gateway.emulator.requests.find((request) => request.url.endsWith('/content'));
    await expect.poll(content, { interval: 5 }).toMatchObject({ status: 200, aborted: true });
  });
});

describe('The limit of content streams per caller', () => {
  const OTHER = '7d1c1f52-6a09-4c55-8f0e-31b9a5c0d2aa';

  it('is separate for each user and each application, within the limit for all', async () => {
    const entra = await startEntra();
    const { authority, clientId, tenantId, userId } = entra;
    const config = {
      callers: { authority, tenantIds: [tenantId] as const, audiences: [clientId] },
      policy: { tenantRole: 'the role', sharedOrganizers: [userId] },
      graphCertificateAuthority: entra.certificateAuthority,
      streams: { inAll: 3, perCaller: 1 },
    };
    const settings = { contentBytes: 16 * 1_024 * 1_024 };
    const gateway = await startGateway({ settings, tenant: { users: 0, meetings: 0, recordings: 0 }, config });
    gateway.emulator.addUser({ id: userId });
    gateway.emulator.addMeeting({ id: 'meeting', organizerId: userId });
    const recording = addShortRecording(gateway, { meetingId: 'meeting' });
    const linkFor = async (wish: TokenWish): Promise<string> =>
      linkTo(gateway, recording, { headers: { authorization: `Bearer ${await entra.issue(wish)}` } });
    const wishes: readonly TokenWish[] = [{}, { objectId: OTHER }, { kind: 'application' }];
    const [user = '', other = '', application = ''] = await Promise.all(wishes.map(linkFor));

    const first = await begin(user);
    // Another token and another link are the same caller.
    const again = await linkFor({ claims: { jti: 'another' } });
    expect([await open(user), await open(again)]).toEqual([refusedFor(PER_CALLER), refusedFor(PER_CALLER)]);
    const more = [await begin(other), await begin(application)];
    expect(await open(application)).toEqual(refusedFor(PER_CALLER));
    const fourth = await linkFor({ objectId: '0c2e8a11-44b7-4f37-9a3e-6d5b1f0e9c33' });
    expect((await open(fourth)).message).toContain(
      'No more recordings can stream at once: the gateway has reached its limit of 3',
    );
    first.leave();
    await untilEnded(gateway, 1);
    expect(await open(again)).toMatchObject({ status: 206 });
    for (const { leave } of more) leave();
    await untilEnded(gateway, 4);
    expect(ended(gateway).map(({ caller }) => caller)).toEqual(
      expect.arrayContaining([userId, OTHER, entra.servicePrincipalId].map((id) => `${tenantId}/${id}`)),
    );
  });

  it('does not apply to unauthenticated callers; the limit for all does', async () => {
    const { url } = await start({ inAll: 3, perCaller: 1 });
    const streams = [await begin(url), await begin(url), await begin(url)];
    expect((await open(url)).message).toContain(
      'No more recordings can stream at once: the gateway has reached its limit of 3',
    );
    for (const { leave } of streams) leave();
  });
});

describe('The log', () => {
  it('names the caller, the recording and the bytes read for each stream, and contains no link', async () => {
    const { gateway, url } = await start({ inAll: 9, perCaller: 9 }, { settings: { contentRedirect: true } });
    await open(url);
    await untilEnded(gateway, 1);
    const { id, meetingId, organizerId } = gateway.emulator.tenant.recordings.at(-1) ?? {};
    expect(ended(gateway)).toEqual([
      expect.objectContaining({
        caller: null,
        meetingOrganizerId: organizerId,
        meetingId,
        id,
        readBytes: 10,
        requestId: expect.any(String),
      }),
    ]);
    const [key = ''] = /(?<=tempauth=)\w+/.exec(gateway.emulator.requests.map((request) => request.url).join()) ?? [];
    expect(key).toHaveLength(40);
    for (const secret of [url.slice(-40), 'an-opaque-token', key]) expect(gateway.logged()).not.toContain(secret);
  });
});
