import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import type { GraphQLResponse } from '../support/gateway.ts';

const BY_VARIABLE = `query ($start: DateTime) {
  callRecordings(meetingOrganizerId: "a", startDateTime: $start) { nodes { id } }
}`;

async function ask(document: string, variables?: Record<string, unknown>) {
  const gateway = await startGateway();
  const response: GraphQLResponse = await gateway.query(document, variables);
  return { ...response, paths: gateway.paths() };
}

function literal(value: string): string {
  return `{ callRecordings(meetingOrganizerId: "a", startDateTime: ${value}) { nodes { id } } }`;
}

describe('A DateTime', () => {
  it.each([
    '2026-11-16T09:00:00Z',
    '2026-11-16T09:00:00.1Z',
    '2026-11-16T09:00:00.1234567Z',
    '2026-11-16T09:00:00+01:00',
    '2026-11-16T09:00:00.12-11:30',
    '2026-11-16T23:59:59-00:00',
    '2024-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.9999999Z',
  ])('is passed to Graph unchanged: %s', async (text) => {
    const expected = [expect.stringContaining(`startDateTime=${text.replace('+', '%2B')})`)];
    expect((await ask(BY_VARIABLE, { start: text })).paths).toEqual(expected);
    expect((await ask(literal(`"${text}"`))).paths).toEqual(expected);
  });

  const notRfc3339 = 'Expected a DateTime in the format of RFC 3339, for example "2026-11-16T09:00:00Z", but received';
  const noDay = 'is not a day of the calendar. Correct the date.';

  it.each([
    ['2026-02-30T00:00:00Z', `2026-02-30 ${noDay}`],
    ['2026-02-29T00:00:00Z', `2026-02-29 ${noDay}`],
    ['1900-02-29T00:00:00Z', `1900-02-29 ${noDay}`],
    ['2026-04-31T00:00:00Z', `2026-04-31 ${noDay}`],
    ['2026-13-01T00:00:00Z', `2026-13-01 ${noDay}`],
    ['2026-00-01T00:00:00Z', `2026-00-01 ${noDay}`],
    ['2026-01-00T00:00:00Z', `2026-01-00 ${noDay}`],
    ['2016-12-31T23:59:60Z', 'Seconds must be from 00 to 59, because Microsoft Graph does not support leap seconds'],
    [
      '2026-11-16T09:00:00.12345678Z',
      'at most 7 decimals of a second, because Microsoft Graph keeps no more, but this one has 8.',
    ],
    ['2026-11-16T24:00:00Z', `${notRfc3339} "2026-11-16T24:00:00Z".`],
    ['2026-11-16T09:60:00Z', notRfc3339],
    ['2026-11-16T09:00:61Z', notRfc3339],
    ['2026-11-16T09:00:00+24:00', notRfc3339],
    ['2026-11-16T09:00:00+01:60', notRfc3339],
    ['2026-11-16T09:00:00+0100', notRfc3339],
    ['2026-11-16T09:00:00', notRfc3339],
    ['2026-11-16T09:00:00.Z', notRfc3339],
    ['2026-11-16T09:00Z', notRfc3339],
    ['2026-11-16t09:00:00z', notRfc3339],
    ['2026-11-16 09:00:00Z', notRfc3339],
    ['2026-11-16', notRfc3339],
    ['+02026-11-16T09:00:00Z', notRfc3339],
    ['２０２６-11-16T09:00:00Z', notRfc3339],
    [' 2026-11-16T09:00:00Z', notRfc3339],
    ['2026-11-16T09:00:00Z\n', notRfc3339],
    ['', `${notRfc3339} "".`],
    ['yesterday, '.repeat(1_000), `${notRfc3339} "${'yesterday, '.repeat(5).slice(0, 50)}" (shortened).`],
  ])('is refused with an explanation when it is invalid: %j', async (text, sentence) => {
    const expected = [{ message: expect.stringContaining(sentence), extensions: { code: 'BAD_USER_INPUT' } }];
    const byVariable = await ask(BY_VARIABLE, { start: text });
    expect(byVariable.errors).toMatchObject(expected);
    const byLiteral = await ask(literal(JSON.stringify(text)));
    expect(byLiteral.errors).toMatchObject(expected);
    expect([...byVariable.paths, ...byLiteral.paths]).toEqual([]);
  });

  it.each([42, true, {}, [], [[['2026-11-16T09:00:00Z']]]])('is refused when it is not a string: %j', async (value) => {
    const expected = [
      {
        message: expect.stringContaining('Expected a DateTime as a string, for example "2026-11-16T09:00:00Z"'),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ];
    expect((await ask(BY_VARIABLE, { start: value })).errors).toMatchObject(expected);
    expect((await ask(literal(JSON.stringify(value)))).errors).toMatchObject(expected);
  });

  it.each(['"yesterday"', '42'])('is located in the document when a literal is refused: %s', async (value) => {
    const document = literal(value);
    const { errors } = await ask(document);
    expect(errors).toMatchObject([{ locations: [{ line: 1, column: document.indexOf(value) + 1 }] }]);
  });

  it('may be null or omitted, which leaves the start of the window open', async () => {
    for (const variables of [{ start: null }, {}]) {
      // One after the other: each starts a gateway of its own.
      // oxlint-disable-next-line no-await-in-loop
      const { paths } = await ask(BY_VARIABLE, variables);
      expect(paths).toEqual(["/users/a/onlineMeetings/getAllRecordings(meetingOrganizerUserId='a')"]);
    }
  });
});
