import { describe, expect, it } from 'vitest';
import { ContentLinkError } from '../../src/recordings/content-link.ts';
import { createDeltaTokens } from '../../src/recordings/delta/position.ts';
import { createSeal } from '../../src/recordings/seal.ts';
import { KEYS, contentLinks, open, refusedFor, sealFor } from '../support/content-door.ts';
import { addShortRecording } from '../support/content.ts';
import type { Recording } from '../support/content.ts';
import { at, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { createDraw } from '../support/random-operation.ts';
import type { Draw } from '../support/random-operation.ts';

const { A, B } = KEYS;
const seal = createSeal([A, B]);
const [MARK, MARK_OF_B = ''] = seal.marks;
const links = contentLinks([A, B]);
const linksOfB = contentLinks([B]);

/** A gateway that opens links of two keys, a recording that exists, and one that does not. */
async function start(): Promise<{ gateway: TestGateway; recording: Recording; missing: Recording }> {
  const gateway = await startGateway({ config: { sealingKeys: [A, B] } });
  const recording = addShortRecording(gateway);
  return { gateway, recording, missing: { ...recording, id: 'none', meetingId: 'no-meeting' } };
}

type Change = (sealed: string) => string;

const middle = (sealed: string): number => Math.floor(sealed.length / 2);
const percentEncoded = (text: string): string => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&');

/** Changes of the sealed part of a link, as written in a URL, each with the reason of the refusal. */
const CHANGES: readonly (readonly [string, Change, 'FOREIGN' | 'TAMPERED'])[] = [
  ['nothing', () => '', 'TAMPERED'],
  ['its mark alone', () => MARK, 'TAMPERED'],
  ['all but its mark', (sealed) => sealed.slice(MARK.length), 'FOREIGN'],
  ['its first half', (sealed) => sealed.slice(0, middle(sealed)), 'TAMPERED'],
  ['its second half', (sealed) => sealed.slice(middle(sealed)), 'FOREIGN'],
  ['all but its last character', (sealed) => sealed.slice(0, -1), 'TAMPERED'],
  ['one character more', (sealed) => `${sealed}A`, 'TAMPERED'],
  ['twice the same', (sealed) => `${sealed}${sealed}`, 'TAMPERED'],
  ['the mark of an unknown key', (sealed) => `00000000${sealed.slice(MARK.length)}`, 'FOREIGN'],
  ['the mark of its other key', (sealed) => `${MARK_OF_B}${sealed.slice(MARK.length)}`, 'TAMPERED'],
  ['capitals', (sealed) => sealed.toUpperCase(), 'FOREIGN'],
  ['padding', (sealed) => `${sealed}=`, 'TAMPERED'],
  ['the signs of the other Base64', (sealed) => encodeURIComponent(toBase64(sealed)), 'TAMPERED'],
  ['a space before it', (sealed) => `%20${sealed}`, 'TAMPERED'],
  ['a line break behind it', (sealed) => `${sealed}%0A`, 'TAMPERED'],
  ['a zero byte behind it', (sealed) => `${sealed}%00`, 'TAMPERED'],
  ['a slash behind it', (sealed) => `${sealed}/`, 'TAMPERED'],
  ['a slash within it', (sealed) => `${sealed.slice(0, 40)}/${sealed.slice(40)}`, 'TAMPERED'],
  ['a folder before it', (sealed) => `somewhere/${sealed}`, 'TAMPERED'],
  ['a question mark within it', (sealed) => `${sealed.slice(0, 40)}?${sealed.slice(40)}`, 'TAMPERED'],
  ['percent-encoding twice', (sealed) => encodeURIComponent(percentEncoded(sealed)), 'TAMPERED'],
  ['15 KB of one letter', () => 'a'.repeat(15_000), 'FOREIGN'],
  ['15 KB of zero bytes behind its mark', () => `${MARK}${'A'.repeat(15_000)}`, 'TAMPERED'],
  ['an access token', () => 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJzb21lYm9keSJ9.c2lnbmVk', 'TAMPERED'],
  [
    'a cursor',
    () => seal.seal('/users/a/onlineMeetings/getAllRecordings', 'a place in a list, at some page'),
    'FOREIGN',
  ],
  ['a cursor behind its mark', () => `${MARK}${seal.seal('/users/a', 'a place in a list, at some page')}`, 'TAMPERED'],
  ['a token of the feed', () => deltaToken(), 'TAMPERED'],
  ['what holds no link', () => `${MARK}${seal.seal(`content link ${MARK}`, '["emulator"]')}`, 'FOREIGN'],
];

function toBase64(sealed: string): string {
  return sealed.replaceAll('-', '+').replaceAll('_', '/');
}

function deltaToken(): string {
  return createDeltaTokens(seal, 'emulator').seal('somebody', {
    epoch: 'e',
    number: 1,
    cursor: null,
    fingerprint: '0',
  });
}

describe('A link that was changed', () => {
  it.each(CHANGES)(
    'to %s is refused alike whether or not the recording exists, without a request to Graph',
    async (_, change, reason) => {
      const { gateway, recording, missing } = await start();
      const openings = [recording, missing].map((one) => open(`${gateway.url}/content/${change(sealFor(one, links))}`));
      expect(await Promise.all(openings)).toEqual([refusedFor(reason), refusedFor(reason)]);
      expect(gateway.requests()).toEqual([]);
    },
  );

  it('is refused for HEAD too', async () => {
    const { gateway, recording } = await start();
    const response = await fetch(`${gateway.url}/content/${sealFor(recording, links)}A`, { method: 'HEAD' });
    expect([response.status, response.headers.get('cache-control')]).toEqual([403, 'private, no-store, no-transform']);
  });

  it.each([
    ['longer than headers may be', 'GET', 'a'.repeat(17_000), 431],
    ['with malformed percent-encoding', 'GET', '%zz', 400],
    ['asked by another method', 'POST', '', 404],
    ['asked what it allows', 'OPTIONS', '', 404],
  ])('or came %s is refused without a request to Graph, and not logged', async (_, method, behind, status) => {
    const { gateway, recording } = await start();
    const sealed = sealFor(recording, links);
    const response = await fetch(`${gateway.url}/content/${sealed}${behind}`, { method });
    const text = await response.text();
    expect(response.status).toBe(status);
    for (const told of [text, gateway.logged()]) expect(told).not.toContain(sealed.slice(20, 40));
    expect(gateway.requests()).toEqual([]);
  });
});

describe('A link used elsewhere', () => {
  it.each([
    ['a cursor', 'callRecordings(meetingOrganizerId: "$id", after: "$link") { nodes { id } }'],
    ['a token of the feed', 'callRecordingDelta(meetingOrganizerId: "$id", since: "$link") { token }'],
  ])('is refused as %s, without a request to Graph', async (_, field) => {
    const { gateway, recording } = await start();
    const document = field.replace('$id', recording.organizerId).replace('$link', sealFor(recording, links));
    const { errors } = await gateway.query(`{ ${document} }`);
    expect(at(errors, '0.extensions.code')).toBe('BAD_USER_INPUT');
    expect(gateway.requests()).toEqual([]);
  });
});

/** Another seed makes other changes. */
const SEED = 20_261_124;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const STRANGE = [...LETTERS.split(''), '=', '+', '/', ' ', '\n', '\t', '%', '.', '\0', 'é', '𝄞'];

/** Ways to change one link, or to combine it with another. */
const MUTATIONS: readonly ((draw: Draw, one: string, other: string) => string)[] = [
  function flipBit({ below }, one) {
    const bytes = Buffer.from(one, 'base64url');
    const place = below(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << below(8)), place);
    return bytes.toString('base64url');
  },
  function replace({ below, of }, one) {
    const place = below(one.length);
    return `${one.slice(0, place)}${of([...STRANGE])}${one.slice(place + 1)}`;
  },
  function insert({ below, of }, one) {
    const place = below(one.length + 1);
    return `${one.slice(0, place)}${of([...STRANGE])}${one.slice(place)}`;
  },
  ({ below }, one) => one.slice(below(one.length)),
  ({ below }, one) => one.slice(0, below(one.length)),
  function drop({ below }, one) {
    const place = below(one.length);
    return one.slice(0, place) + one.slice(place + 1 + below(20));
  },
  function cross({ below }, one, other) {
    const place = below(Math.min(one.length, other.length));
    return one.slice(0, place) + other.slice(place);
  },
  function crossAtPart({ of }, one, other) {
    // After the mark, the nonce and, roughly, the tag.
    const place = of([8, 24, 45, 46]);
    return one.slice(0, place) + other.slice(place);
  },
  function changeCase({ below }, one) {
    const place = below(one.length);
    const letter = one.charAt(place);
    const changed = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    return one.slice(0, place) + changed + one.slice(place + 1);
  },
  ({ below }, one) => one + '='.repeat(1 + below(3)),
  ({ of }, one) => one + of([' ', '\n', '\r\n', '\t', '\u00A0', '\uFEFF']),
  ({ of }, one) => of([' ', '\n', '\u200B']) + one,
];

function* mutants(count: number, whole: readonly string[]): Generator<string> {
  const draw = createDraw(SEED);
  for (let made = 0; made < count;) {
    const mutant = draw.of(MUTATIONS)(draw, draw.of(whole), draw.of(whole));
    if (!whole.includes(mutant)) {
      made += 1;
      yield mutant;
    }
  }
}

describe('Randomly changed links', () => {
  const recording = { id: 'recording', meetingId: 'meeting', organizerId: 'organizer' };
  const whole = [links, links, linksOfB, linksOfB].map((by) => sealFor(recording, by));

  it('never open, and fail only as TAMPERED or FOREIGN', () => {
    const came = new Set<string>();
    for (const mutant of mutants(6_000, whole)) {
      try {
        links.open(mutant);
        came.add(`opened: ${mutant} (seed ${SEED})`);
      } catch (error) {
        came.add(error instanceof ContentLinkError ? error.fault : `${String(error)}: ${mutant} (seed ${SEED})`);
      }
    }
    expect(came).toEqual(new Set(['TAMPERED', 'FOREIGN']));
    expect(whole.map((one) => links.open(one).address.id)).toEqual(whole.map(() => 'recording'));
  });

  it('are refused over HTTP, without a request to Graph', async () => {
    const { gateway } = await start();
    const openings = [...mutants(100, whole)].map((one) => open(`${gateway.url}/content/${encodeURIComponent(one)}`));
    const told = new Set(
      (await Promise.all(openings)).map(({ status, reason, cacheControl }) => `${status} ${reason} ${cacheControl}`),
    );
    expect([...told].toSorted()).toEqual(
      ['FOREIGN', 'TAMPERED'].map((reason) => `403 ${reason} private, no-store, no-transform`),
    );
    expect(gateway.requests()).toEqual([]);
  });
});
