import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';

describe('The location of an error in its document', () => {
  it.each([
    ['in the first line', '{ user(id: "a") { nothing } }', [{ line: 1, column: 19 }]],
    ['after line ends of every kind', '{\n\r\n\ruser(id: "a")\r\n { nothing } }', [{ line: 5, column: 4 }]],
    ['after a string of several lines', '{ user(id: """\n\n""") { nothing } }', [{ line: 3, column: 8 }]],
    [
      'at each of its nodes',
      '{ user(id: "a") { x: id\nx: displayName } }',
      [
        { line: 1, column: 19 },
        { line: 2, column: 1 },
      ],
    ],
    [
      'in a fragment',
      'query { ...A }\nfragment A on Query {\n  user(id: "a") { nothing } }',
      [{ line: 3, column: 19 }],
    ],
    ['of a limit', `{ __typename }\nquery B { ${'__typename '.repeat(31)} }`, [{ line: 2, column: 1 }]],
    ['of a variable', 'query (\n  $id: ID!) { user(id: $id) { id } }', [{ line: 2, column: 3 }]],
    ['of its syntax', '{\n  user(', [{ line: 2, column: 8 }]],
    [
      'of a field that fails',
      '{\n  callRecordings(meetingOrganizerId: "a", first: 0) { nodes { id } } }',
      [{ line: 2, column: 3 }],
    ],
  ])('is exact: %s', async (_, document, locations) => {
    const gateway = await startGateway();
    const { errors } = await gateway.query(document);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ locations });
  });

  it('is unknown in a document with half of a surrogate pair, which has the digest of one with a replacement character', async () => {
    const gateway = await startGateway();
    const { errors } = await gateway.query('{ user(id: "\uFFFD") { nothing } }');
    expect(errors?.[0]).toMatchObject({ locations: [{ line: 1, column: 19 }] });
    const [{ message } = { message: '' }] = errors ?? [];
    expect(await gateway.query('{ user(id: "\uD800") { nothing } }')).toEqual({
      errors: [{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
  });
});
