import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseLongJson } from '../../src/msgraph/exchange/long-json.ts';

/** V8 allocates longer strings separately. */
const LONGEST_STRING = 128 * 1_024;

function recordings(count: number): unknown[] {
  return Array.from({ length: count }, (_, number) => ({
    '@odata.type': '#microsoft.graph.callRecording',
    id: `VjIj"},{\\ü€🎥\u2028${number}`.padEnd(300, 'x'),
    // Looks like the end of an item, and like the beginning of a list.
    note: '},{"@odata.type":"value":[{}]}',
    people: [{ role: 'organizer' }, { role: 'attendee', upn: null }],
    number,
    isRead: number % 2 === 0,
  }));
}

const context = 'https://graph.microsoft.com/v1.0/$metadata';

function batchOf(...bodies: unknown[]): unknown {
  return { responses: bodies.map((body, id) => ({ id: String(id), status: 200, body })) };
}

const long = recordings(1_000);

/** Whether it is expected to be divided, and the text. */
const texts: readonly (readonly [what: string, isDivided: boolean, text: string])[] = [
  ['a short list', true, JSON.stringify({ value: recordings(3) })],
  ['a long list', true, JSON.stringify({ '@odata.context': context, value: long })],
  ['a long page', true, JSON.stringify({ value: long, '@odata.nextLink': `${context}?$skiptoken=1` })],
  ['a batch of many items', true, JSON.stringify(batchOf(...recordings(1_000)))],
  ['a member named __proto__', true, `{"__proto__":1,${JSON.stringify({ value: long }).slice(1)}`],
  ['a batch of long lists', false, JSON.stringify(batchOf({ value: recordings(300) }, { value: recordings(300) }))],
  ['an indented list', false, JSON.stringify({ value: long }, null, 2)],
  ['a list of lists', false, JSON.stringify({ value: [long, long] })],
  ['items that contain items of their kind', false, JSON.stringify({ value: [{ a: long.map((a) => ({ a })) }] })],
  ['a list before another', false, JSON.stringify({ value: long, other: long })],
  ['a list after another', false, JSON.stringify({ other: long, value: [1, 2] })],
  ['a nested list', false, JSON.stringify({ other: { value: long } })],
  ['an empty list before another', false, JSON.stringify({ value: [], other: long })],
  ['a list that is not the first of its name', false, JSON.stringify({ other: [{ value: [] }], value: long })],
  ['a list at the root', false, JSON.stringify(long)],
  ['a long string', false, JSON.stringify('"value":[{}]'.repeat(50_000))],
];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('A long response', () => {
  it.each(texts)('is parsed like any other: %s', (_, isDivided, text) => {
    const expected: unknown = JSON.parse(text);
    const parse = vi.spyOn(JSON, 'parse');
    expect(parseLongJson(Buffer.from(text))).toStrictEqual(expected);
    const longest = Math.max(...parse.mock.calls.map(([piece]) => piece.length));
    expect(longest < LONGEST_STRING, `the longest piece has ${longest} characters`).toBe(isDivided);
  });

  it.each([
    ['is cut off', (text: string) => text.slice(0, -1)],
    ['is cut off between two items', (text: string) => text.slice(0, text.lastIndexOf(',{'))],
    ['goes on after its end', (text: string) => `${text}}`],
    ['has a comma too many', (text: string) => text.replace(/\},\{(?="@odata\.type":"#)/, '},,{')],
    ['has a broken item near its end', (text: string) => text.replace('"number":990', '"number":')],
    ['has no comma between two items', (text: string) => text.replace(/\},\{(?="@odata\.type":"#)/g, '}{')],
  ])('is refused when it %s', (_, spoil) => {
    const text = spoil(JSON.stringify({ value: long, '@odata.nextLink': context }));
    expect(() => parseLongJson(Buffer.from(text))).toThrow(SyntaxError);
  });
});
