import { buildSchema, execute, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { planOperation } from '../../src/graphql/execution/operation.ts';

describe('The arguments of a planned field', () => {
  const schema = buildSchema(`
    input Range { from: Int = 1, to: [Int!] }
    type Query { echo(text: String = "none", sure: Int! = 7, range: Range, ids: [ID!]): String }
  `);
  const echo = schema.getQueryType()?.getFields()['echo'];
  if (echo) echo.resolve = (_, args: unknown) => JSON.stringify(args);

  it.each<[what: string, document: string, variables: Record<string, unknown>]>([
    ['constants', '{ echo(range: { to: 5 }, ids: "a", text: "b") }', {}],
    ['null', '{ echo(text: null, range: null) }', {}],
    [
      'variables',
      'query ($t: String, $s: Int!, $i: [ID!]) { echo(ids: $i, sure: $s, text: $t) }',
      { t: 'a', s: 1, i: 2 },
    ],
    ['variables that are null', 'query ($t: String, $r: Range) { echo(text: $t, range: $r) }', { t: null, r: null }],
    [
      'variables that are left out',
      'query ($t: String, $s: Int, $r: Range) { echo(text: $t, sure: $s, range: $r) }',
      {},
    ],
    ['variables with defaults', 'query ($t: String = "a", $s: Int = 2) { echo(text: $t, sure: $s) }', {}],
    ['null for what may not be null', 'query ($s: Int = 2) { echo(sure: $s) }', { s: null }],
    ['variables within constants', 'query ($f: Int, $t: Int!) { echo(range: { from: $f, to: [1, $t] }) }', { t: 3 }],
    ['variables that are objects', 'query ($r: Range) { echo(range: $r) }', { r: { to: 4 } }],
    ['a variable called toString', 'query ($toString: String) { echo(text: $toString) }', {}],
    ['a variable called __proto__', 'query ($__proto__: String) { echo(text: $__proto__) }', {}],
  ])('are the same as in GraphQL.js: %s', async (_, source, variableValues) => {
    const document = parse(source);
    expect(validate(schema, document)).toEqual([]);
    const planned = planOperation(schema, document, null);
    const expected = await execute({ schema, document, variableValues });
    // A second execution has the constants of the first.
    for (const run of [planned?.prepare(variableValues), planned?.prepare(variableValues)])
      expect(JSON.stringify(await run?.({}))).toBe(JSON.stringify(expected));
  });
});
