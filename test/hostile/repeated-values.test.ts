import { describe, expect, it } from 'vitest';
import { repeat } from '../support/document.ts';
import { startGateway } from '../support/gateway.ts';

/** Nearly the most that a body can hold. */
const LONG = 'a'.repeat(200_000);
const MANY_MEMBERS = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`m${index}`, 1]));

function ofMany(selection: string): string {
  return `query ($a: _Any!) { _entities(representations: [${repeat(50, () => '$a')}]) { ${selection} } }`;
}

describe('A response', () => {
  it.each<[string, string, unknown]>([
    ['an object without a type', ofMany('__typename'), MANY_MEMBERS],
    ['a type that is an object', ofMany('__typename'), { __typename: MANY_MEMBERS }],
    ['the name of a type', ofMany('__typename'), { __typename: LONG }],
    ['the id of a referenced user', ofMany('... on User { id }'), { __typename: 'User', id: LONG }],
    ['the id of a user', `query ($a: ID!) { ${repeat(20, (i) => `u${i}: user(id: $a) { id }`)} }`, LONG],
  ])('does not repeat a value of 200,000 characters that a document uses many times: %s', async (_, query, a) => {
    const gateway = await startGateway();
    const { errors = [] } = await gateway.query(query, { a });
    expect(new Set(errors.map(({ extensions }) => extensions?.['code']))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(Math.max(...errors.map(({ message }) => message.length))).toBeLessThan(300);
    expect(gateway.requests()).toEqual([]);
  });
});
