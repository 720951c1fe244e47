import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { createBreakableStore } from '../support/breakable-store.ts';
import type { BreakableStore } from '../support/breakable-store.ts';
import { startChain } from '../support/chain.ts';
import type { Chain, ChainOptions } from '../support/chain.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { open, refusedFor } from '../support/content-door.ts';
import { addShortRecording } from '../support/content.ts';
import { at, createTestStore } from '../support/gateway.ts';

const ORGANIZERS = ['1b0f6a44-93c1-4f0e-8c0d-7a5f3e2d1c01', '2c1e7b55-a4d2-4a1f-9d1e-8b6a4f3e2d02'] as const;
const GUEST = '3d2f8c66-b5e3-4b2a-8e2f-9c7b5a4f3e03';
const SEALED = { SEALING_KEYS: Buffer.alloc(32, 7).toString('base64') };

interface Note {
  readonly key: string;
  readonly text: string;
  readonly ttlMs: number;
}

interface Setting extends Chain {
  readonly clock: DrivenClock;
  readonly store: BreakableStore;
  /** What was written into the store so far. */
  readonly notes: readonly Note[];
  /** Asks with a token for a link to the recording of the first organizer. */
  readonly linkBy: (token: string) => Promise<string>;
  readonly another: (env?: Readonly<Record<string, string>>) => Promise<Chain>;
}

const DOCUMENT = `{ callRecording(meetingOrganizerId: "${ORGANIZERS[0]}", meetingId: "meeting-0", id: "recording-0") {
  id content(expiresInSeconds: 3600) { url expirationDateTime }
} }`;

/** Two organizers with a meeting and a recording each, and a guest invited to both. */
async function start(): Promise<Setting> {
  const clock = createDrivenClock(Date.now());
  const notes: Note[] = [];
  const memory = createTestStore(clock);
  const noting: Store = {
    ...memory,
    async writeNote(key, text, ttlMs) {
      notes.push({ key, text, ttlMs });
      await memory.writeNote(key, text, ttlMs);
    },
  };
  const store = createBreakableStore(noting);
  // Application access is allowed, but not used here.
  const env = { GRAPH_ON_BEHALF_OF: 'true', ON_BEHALF_OF_APPLICATION: 'true', ...SEALED };
  const options: ChainOptions = { clock, store };
  const chain = await startChain(env, options);
  chain.emulator.addUser({ id: GUEST });
  for (const [index, id] of ORGANIZERS.entries()) {
    chain.emulator.addUser({ id });
    chain.emulator.addMeeting({ id: `meeting-${index}`, organizerId: id, attendeeIds: [GUEST] });
    addShortRecording(chain, { id: `recording-${index}`, meetingId: `meeting-${index}` });
  }
  return {
    ...chain,
    clock,
    store,
    notes,
    async linkBy(token) {
      const response = await chain.askWith(DOCUMENT, token, crypto.randomUUID());
      const url = at(response, 'data.callRecording.content.url');
      if (typeof url === 'string') return url;
      throw new Error(`Expected a link, but ${JSON.stringify(response)} came.`);
    },
    another: (more = {}) => startChain({ ...env, ...more }, { ...options, over: chain }),
  };
}

describe('A link requested on behalf of a caller', () => {
  it('opens for the organizer, with delegated requests only', async () => {
    const { emulator, entra, linkBy } = await start();
    const url = await linkBy(await entra.issue({ objectId: ORGANIZERS[0] }));
    expect(await open(url)).toMatchObject({ status: 206 });
    expect(emulator.requests.some((request) => request.url.endsWith('/content'))).toBe(true);
    expect(new Set(emulator.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['delegated']));
    expect(new Set(entra.grants())).toEqual(new Set(['urn:ietf:params:oauth:grant-type:jwt-bearer']));
  });

  it("does not open for a guest, with Graph's message, and is sent to Graph each time", async () => {
    const { emulator, entra, linkBy } = await start();
    const url = await linkBy(await entra.issue({ objectId: GUEST }));
    emulator.clearRequests();
    for (const opening of [await open(url), await open(url)]) {
      expect(opening).toMatchObject({
        status: 403,
        code: 'FORBIDDEN',
        cacheControl: 'private, no-store, no-transform',
      });
      expect(opening.message).toContain('3003: User does not have access to lookup meeting');
    }
    const asked = emulator.requests.filter((request) => request.url.endsWith('/content'));
    expect(asked.map(({ headers, status }) => [headers.authorization, status])).toEqual([
      ['delegated', 403],
      ['delegated', 403],
    ]);
  });

  it('is refused with 403, not 401, when Entra ID no longer issues a token for the caller', async () => {
    const { another, emulator, entra, linkBy, url: origin } = await start();
    const url = await linkBy(await entra.issue({ objectId: ORGANIZERS[0] }));
    // It has no token for Graph yet.
    const replica = await another();
    entra.settings.tokens = { error: 'invalid_grant', code: 500_133, description: 'The assertion is over.' };
    emulator.clearRequests();
    expect(await open(url.replace(origin, replica.url))).toMatchObject({ status: 403, code: 'UNAUTHENTICATED' });
    expect(emulator.requests).toEqual([]);
  });

  it('contains no part of the token, which the store holds once, sealed, until it expires', async () => {
    const { clock, entra, linkBy, logged, notes } = await start();
    const token = await entra.issue({ objectId: ORGANIZERS[0], expiresInSeconds: 1_800 });
    const urls = [await linkBy(token), await linkBy(token), await linkBy(token)];
    const texts = [...urls, JSON.stringify(notes), logged()];
    // Base64 of the token in each of the three ways in which its bytes may fall into groups of three.
    const pieces = ['', 'x', 'xx'].map((before) =>
      Buffer.from(before + token)
        .toString('base64url')
        .slice(8, -8),
    );
    for (const text of [...texts, ...texts.map((one) => Buffer.from(one, 'base64url').toString('latin1'))]) {
      for (const secret of [token.slice(0, 30), token.slice(-40), ...pieces.map((piece) => piece.slice(0, 40))]) {
        expect(text).not.toContain(secret);
      }
    }
    // Nor sealed: the link is too short.
    expect(urls.filter((url) => url.length > token.length)).toEqual([]);
    expect(notes.map(({ key }) => key.replace(/[\w-]{43}$/, 'digest'))).toEqual(['caller-token:digest']);
    const endsAtMs = (Math.floor(clock.now() / 1_000) + 1_800) * 1_000;
    expect(notes[0]?.ttlMs).toBe(endsAtMs - clock.now());
  });

  it("does not open with another caller's token that was moved to the place of theirs in the store", async () => {
    const { emulator, entra, linkBy, notes, store } = await start();
    const url = await linkBy(await entra.issue({ objectId: GUEST }));
    await linkBy(await entra.issue({ objectId: ORGANIZERS[0] }));
    const [guest, organizer] = notes;
    await store.writeNote(guest?.key ?? '', organizer?.text ?? '', 60_000);
    emulator.clearRequests();
    expect(await open(url)).toEqual(refusedFor('EXPIRED'));
    expect(emulator.requests).toEqual([]);
  });

  it('is expired once the store has lost the token, and opens again after another link a minute later', async () => {
    const { clock, entra, linkBy, store } = await start();
    const token = await entra.issue({ objectId: ORGANIZERS[0] });
    const url = await linkBy(token);
    store.comeBack(createTestStore(clock));
    expect(await open(url)).toEqual(refusedFor('EXPIRED'));
    clock.advance(60_000);
    expect(await open(await linkBy(token))).toMatchObject({ status: 206 });
    expect(await open(url)).toMatchObject({ status: 206 });
  });

  it('is answered with 503 while the store is unreachable, when only `content` fails', async () => {
    const { askWith, entra, linkBy, store } = await start();
    const token = await entra.issue({ objectId: ORGANIZERS[0] });
    const url = await linkBy(token);
    store.goAway();
    expect(await open(url)).toMatchObject({ status: 503, code: 'UPSTREAM_UNAVAILABLE', reason: null });
    const other = await entra.issue({ objectId: ORGANIZERS[0], claims: { jti: 'another' } });
    expect(await askWith(DOCUMENT, other, 'an-id')).toMatchObject({
      data: { callRecording: { id: 'recording-0', content: null } },
      errors: [{ path: ['callRecording', 'content'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
    });
    store.comeBack();
    expect(await open(url)).toMatchObject({ status: 206 });
    expect(await open(await linkBy(other))).toMatchObject({ status: 206 });
  });

  it('opens at another replica with the same store and keys, and not with other keys', async () => {
    const { another, entra, linkBy, url: origin } = await start();
    const url = await linkBy(await entra.issue({ objectId: ORGANIZERS[0] }));
    const [replica, stranger] = [
      await another(),
      await another({ SEALING_KEYS: Buffer.alloc(32, 8).toString('base64') }),
    ];
    expect(await open(url.replace(origin, replica.url))).toMatchObject({ status: 206 });
    expect(await open(url.replace(origin, stranger.url))).toEqual(refusedFor('FOREIGN'));
  });

  it('is foreign when it was made with application access to Graph', async () => {
    const { another, entra, emulator, url: origin } = await start();
    const asApplication = await another({ GRAPH_ON_BEHALF_OF: '', ON_BEHALF_OF_APPLICATION: '' });
    const response = await asApplication.askWith(DOCUMENT, await entra.issue({ objectId: ORGANIZERS[0] }), 'an-id');
    const url = String(at(response, 'data.callRecording.content.url'));
    emulator.clearRequests();
    expect(await open(url.replace(asApplication.url, origin))).toEqual(refusedFor('FOREIGN'));
    expect(emulator.requests).toEqual([]);
  });

  it('lets a download finish that began before the token of the caller expired', async () => {
    const { clock, emulator, entra, linkBy } = await start();
    emulator.settings.contentBytes = 8 * 1_024 * 1_024;
    const url = await linkBy(await entra.issue({ objectId: ORGANIZERS[0], expiresInSeconds: 600 }));
    const response = await fetch(url);
    const reader = response.body?.getReader();
    let bytes = (await reader?.read())?.value?.length ?? 0;
    clock.advance(601_000);
    expect(await open(url)).toEqual(refusedFor('EXPIRED'));
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
      bytes += piece.value.length;
    }
    expect(bytes).toBe(Number(response.headers.get('content-length')));
  });
});
