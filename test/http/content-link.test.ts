import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import { KEYS, contentLinks, open, refusedFor, sealFor } from '../support/content-door.ts';
import { addShortRecording, askForContent, linkTo, startContent } from '../support/content.ts';
import { at, startGateway } from '../support/gateway.ts';

const OPENED = { status: 206, cacheControl: 'private, no-store, no-transform', code: null };

describe('A link to content', () => {
  it.each([
    ['a quarter of an hour when nothing is said', undefined, 900],
    ['a second', 1, 1],
    ['an hour', 3_600, 3_600],
  ])('can be opened for %s, and is refused from the instant it expires', async (_, seconds, lifetime) => {
    const clock = createDrivenClock();
    const gateway = await startGateway({ clock });
    const recording = addShortRecording(gateway);
    const response = await askForContent(gateway, recording, seconds === undefined ? {} : { seconds });
    const content = at(response, 'data.callRecording.content');
    expect(at(content, 'expirationDateTime')).toBe(new Date(clock.now() + 1_000 * lifetime).toISOString());
    const url = String(at(content, 'url'));
    clock.advance(1_000 * lifetime - 1);
    expect(await open(url)).toMatchObject(OPENED);
    gateway.emulator.clearRequests();
    clock.advance(1);
    expect(await open(url)).toEqual(refusedFor('EXPIRED'));
    expect(gateway.requests()).toEqual([]);
  });

  it.each([0, -1, 3_601])('cannot be requested for %i seconds', async (seconds) => {
    const gateway = await startGateway();
    expect(await askForContent(gateway, addShortRecording(gateway), { seconds })).toMatchObject({
      data: { callRecording: { content: null } },
      errors: [
        {
          message: `"expiresInSeconds" must be from 1 to 3600, but is ${seconds}. After a link has expired, query a new one.`,
          path: ['callRecording', 'content'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  });

  it('lets a download finish that began before it expired', async () => {
    const clock = createDrivenClock();
    const { url, whole } = await startContent({ clock, settings: { contentBytes: 8 * 1_024 * 1_024 } });
    const response = await fetch(url);
    const reader = response.body?.getReader();
    let bytes = (await reader?.read())?.value?.length ?? 0;
    clock.advance(900_000);
    expect(await open(url)).toEqual(refusedFor('EXPIRED'));
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
      bytes += piece.value.length;
    }
    expect(bytes).toBe(whole.length);
  });

  it('leads to the public URL of the gateway if one is configured', async () => {
    const gateway = await startGateway({ config: { publicUrl: 'https://recordings.example' } });
    expect(await linkTo(gateway, addShortRecording(gateway))).toMatch(
      /^https:\/\/recordings\.example\/content\/[\w-]+$/,
    );
  });

  it('opens with a query string, and percent-encoded', async () => {
    const { url } = await startContent();
    const sealed = url.split('/').at(-1) ?? '';
    const encoded = Buffer.from(sealed).toString('hex').replaceAll(/../g, '%$&');
    const [behindQuery, percentEncoded] = [await open(`${url}?t=42`), await open(url.replace(sealed, encoded))];
    expect([behindQuery, percentEncoded]).toMatchObject([OPENED, OPENED]);
  });

  it('reveals neither its caller nor its recording, and differs each time', async () => {
    const gateway = await startGateway();
    const recording = addShortRecording(gateway);
    const sealed = (await linkTo(gateway, recording)).split('/').at(-1) ?? '';
    const text = Buffer.from(sealed, 'base64url').toString('latin1');
    expect(text).not.toMatch(/anybody|emulator|meeting/);
    expect(text).not.toContain(recording.organizerId);
    expect(await linkTo(gateway, recording)).not.toContain(sealed.slice(8, 40));
  });
});

describe('When sealing keys change', () => {
  const { A, B } = KEYS;

  it.each([
    ['the same key', [A], [A], OPENED],
    ['a newer key before it', [A], [B, A], OPENED],
    ['an older key behind it', [A], [A, B], OPENED],
    ['another key alone', [A], [B], refusedFor('FOREIGN')],
    ['only the older key of two', [B, A], [A], refusedFor('FOREIGN')],
  ] as const)('a link opens or is foreign at a gateway that has %s', async (_, making, opening, expected) => {
    const maker = await startGateway({ config: { sealingKeys: [...making] } });
    const { emulator } = maker;
    const opener = await startGateway({ emulator, config: { sealingKeys: [...opening] } });
    const url = await linkTo(maker, addShortRecording(maker));
    emulator.clearRequests();
    expect(await open(url.replace(maker.url, opener.url))).toMatchObject(expected);
    expect(opener.requests().length > 0).toBe(expected === OPENED);
  });

  it('a link of another tenant is refused as foreign, even with the same keys', async () => {
    const gateway = await startGateway({ config: { sealingKeys: [A] } });
    const recording = addShortRecording(gateway);
    const [own, others] = [contentLinks([A]), contentLinks([A], 'another tenant')];
    expect(await open(`${gateway.url}/content/${sealFor(recording, own)}`)).toMatchObject(OPENED);
    gateway.emulator.clearRequests();
    expect(await open(`${gateway.url}/content/${sealFor(recording, others)}`)).toEqual(refusedFor('FOREIGN'));
    expect(gateway.requests()).toEqual([]);
  });
});
