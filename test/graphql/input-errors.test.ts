import { describe, expect, it } from 'vitest';
import { DOORS, askBy } from '../support/doors.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

async function ask({ url }: TestGateway, body: unknown): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

describe('Wrong input of a caller', () => {
  const WITH_DEFAULT = 'query ($id: ID = "a", $on: Boolean = true) { user(id: $id) { id @include(if: $on) } }';

  it.each<[string, string, Record<string, unknown>, string]>([
    [
      'an ID',
      'query ($id: ID!) { user(id: $id) { id } }',
      { id: 1.5 },
      'got invalid value 1.5; ID cannot represent value: 1.5. The document declares "$id" as "ID!". Send a value of this type.',
    ],
    [
      'nothing',
      'query ($id: ID!) { user(id: $id) { id } }',
      {},
      'Variable "$id" of required type "ID!" was not provided.',
    ],
    ['a null', 'query ($id: ID!) { user(id: $id) { id } }', { id: null }, 'must not be null'],
    ['a null in place of a default', WITH_DEFAULT, { id: null }, 'must not be null'],
    ['a null in a directive', WITH_DEFAULT, { on: null }, 'must not be null'],
    [
      'a null in a list of the document',
      'query ($r: _Any = { __typename: "User", id: "a" }) { _entities(representations: [$r]) { __typename } }',
      { r: null },
      'Argument "representations" has invalid value [$r].',
    ],
    [
      'a number that is too large',
      'query ($n: Int) { callRecordings(meetingOrganizerId: "a", first: $n) { nodes { id } } }',
      { n: 2 ** 31 },
      'Int cannot represent non 32-bit signed integer value: 2147483648. The document declares "$n" as "Int"',
    ],
    [
      'a cursor',
      'query ($after: String) { callRecordings(meetingOrganizerId: "a", after: $after) { nodes { id } } }',
      { after: 'no cursor' },
      'The cursor in "after" does not belong to this list, or its key is no longer in use. Use the "endCursor"',
    ],
    [
      'a text much longer than a cursor',
      'query ($after: String) { callRecordings(meetingOrganizerId: "a", after: $after) { nodes { id } } }',
      { after: 'a'.repeat(100_000) },
      'A cursor has at most 24576 characters, but the one in "after" has 100000. Use the "endCursor"',
    ],
    [
      'a window that ends before it begins',
      'query ($s: DateTime, $e: DateTime) { callRecordings(meetingOrganizerId: "a", startDateTime: $s, endDateTime: $e) { nodes { id } } }',
      { s: '2026-11-16T10:00:00+01:00', e: '2026-11-16T08:59:59Z' },
      '"startDateTime" must not be after "endDateTime", but 2026-11-16T10:00:00+01:00 is after 2026-11-16T08:59:59Z',
    ],
    [
      'an empty id',
      'query ($id: ID!) { onlineMeeting(organizerId: "a", id: $id) { subject } }',
      { id: '' },
      'An id or a join link must not be empty. Use it exactly as',
    ],
  ])('is explained in a message: %s', async (_, query, variables, sentence) => {
    const gateway = await startGateway();
    const response = await ask(gateway, { query, variables });
    expect(at(response, 'errors')).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(sentence),
        locations: expect.any(Array),
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ]);
    expect(gateway.requests()).toEqual([]);
    expect(gateway.logged()).not.toContain('unexpected error');
  });

  it('says of a cursor and of a token from before a restart that their key may no longer be in use', async () => {
    const before = await startGateway();
    const id = before.emulator.tenant.users[0]?.id;
    const given = await ask(before, {
      query: `query ($id: ID!) { callRecordings(meetingOrganizerId: $id, first: 1) { pageInfo { endCursor } }
        callRecordingDelta(meetingOrganizerId: $id) { token } }`,
      variables: { id },
    });
    const after = at(given, 'data.callRecordings.pageInfo.endCursor');
    const since = at(given, 'data.callRecordingDelta.token');
    expect([after, since]).toEqual([expect.any(String), expect.any(String)]);

    const restarted = await startGateway({ emulator: before.emulator });
    for (const query of [
      'query ($id: ID!, $after: String) { callRecordings(meetingOrganizerId: $id, after: $after) { nodes { id } } }',
      'query ($id: ID!, $since: String) { callRecordingDelta(meetingOrganizerId: $id, since: $since) { token } }',
    ])
      expect(await ask(restarted, { query, variables: { id, after, since } })).toMatchObject({
        errors: [{ message: expect.stringContaining('or its key is no longer in use') }],
      });
  });

  it('is reported fifty times at most, followed by one notice', async () => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
    const gateway = await startGateway();
    const errors = listAt(await ask(gateway, { query, variables: { r: Array(60).fill(null) } }), 'errors');
    expect(errors).toHaveLength(51);
    expect(errors.map((error) => at(error, 'extensions.code'))).toEqual(errors.map(() => 'BAD_USER_INPUT'));
    expect(at(errors[50], 'message')).toContain('Too many errors');
  });

  it.each([
    [{ version: 2, sha256Hash: 'a' }, /^Only version 1 of persisted queries is supported\. Send/],
    [{ version: 1, sha256Hash: 'a' }, /^"sha256Hash" is not the SHA-256 digest/],
  ])('is reported for a malformed persisted query: %j', async (persistedQuery, message) => {
    const gateway = await startGateway();
    const response = await ask(gateway, { query: '{ __typename }', extensions: { persistedQuery } });
    expect(response).toEqual({
      errors: [{ message: expect.stringMatching(message), extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it('is not a window that begins, in another time zone, at the instant at which it ends', async () => {
    const gateway = await startGateway();
    const window = 'startDateTime: "2026-11-16T10:00:00+01:00", endDateTime: "2026-11-16T09:00:00Z"';
    const organizer = gateway.emulator.tenant.users[0]?.id;
    const query = `{ callRecordings(meetingOrganizerId: "${organizer}", ${window}) { nodes { id } } }`;
    expect(await gateway.query(query)).toEqual({ data: { callRecordings: { nodes: [] } } });
  });
});

describe('A request without a document', () => {
  it.each(
    DOORS.flatMap((door) =>
      ['without extensions', 'with empty extensions'].map((name) => ({ door, name, isEmpty: name.includes('empty') })),
    ),
  )('is refused for its empty "query": $name, over $door', async ({ door, isEmpty }) => {
    const gateway = await startGateway();
    const { errors } = await askBy(door, gateway.url, { query: '', ...(isEmpty ? { extensions: {} } : {}) });
    expect(errors).toEqual([
      {
        message: expect.stringMatching(/^The request .*"query".* Send .* in "query"\.$/),
        extensions: { code: 'BAD_REQUEST' },
      },
    ]);
  });
});

describe('The operation to execute', () => {
  const ONE = 'query A { __typename }';
  const TWO = `${ONE} query B { __typename }`;

  it.each(
    [
      { name: 'no name for a document with two operations', request: { query: TWO }, doors: DOORS },
      { name: 'a name that neither of two operations has', request: { query: TWO, operationName: 'C' }, doors: DOORS },
      {
        name: 'a name that the only operation does not have',
        request: { query: ONE, operationName: 'B' },
        doors: DOORS,
      },
      // In a query string it is left out.
      {
        name: 'an empty name',
        request: { query: ONE, operationName: '' },
        doors: ['POST', 'events', 'websocket'] as const,
      },
    ].flatMap(({ name, request, doors }) => doors.map((door) => ({ name, request, door }))),
  )('is requested with the same message over every transport: $name, over $door', async ({ request, door }) => {
    const gateway = await startGateway();
    const { errors } = await askBy(door, gateway.url, request);
    expect(errors).toEqual([
      {
        message: expect.stringMatching(/^"operationName" must be the name of an operation .* Send the name/),
        extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
      },
    ]);
  });
});
