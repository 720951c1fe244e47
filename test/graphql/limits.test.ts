import { describe, expect, it } from 'vitest';
import { syntaxSentence } from '../../src/graphql/limits/limits.ts';
import { leaves, repeat } from '../support/document.ts';
import { DOORS, askBy } from '../support/doors.ts';
import { startGateway } from '../support/gateway.ts';
import type { GraphQLResponse } from '../support/gateway.ts';

async function ask(document: string, variables?: Record<string, unknown>): Promise<GraphQLResponse> {
  const gateway = await startGateway();
  const response = await gateway.query(document, variables);
  // Every refusal here precedes any request to Graph.
  expect(response.data === undefined ? gateway.requests() : []).toEqual([]);
  return response;
}

function refusal(sentence: string): unknown {
  return {
    errors: [
      {
        message: expect.stringContaining(sentence),
        locations: expect.any(Array),
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ],
  };
}

const CHAIN = ['user(id: "a")', 'callRecordings', 'nodes', ...'meeting recordings nodes '.repeat(4).trim().split(' ')];

/** A chain of nested fields with so many levels. */
function deep(levels: number): string {
  const fields = [
    ...CHAIN.slice(0, levels - 1).map((field) => field.replace(/^(callR|r)ecordings$/, '$&(first: 1)')),
    '__typename',
  ];
  return `${fields.join(' { ')} ${'}'.repeat(levels - 1)}`;
}

describe('An operation limit', () => {
  it.each<[string, number, (amount: number) => string, string]>([
    ['levels of fields', 12, (amount) => `{ ${deep(amount)} }`, 'Select fewer levels'],
    [
      'levels of fields, in fragments',
      12,
      (amount) => `{ ...A } fragment A on Query { ...B } fragment B on Query { ... { ${deep(amount)} } }`,
      'Select fewer levels',
    ],
    ['aliases', 30, (amount) => `{ user(id: "a") { ${repeat(amount, (i) => `a${i}: id`)} } }`, 'several operations'],
    [
      'aliases, in fragments that are spread twice',
      30,
      (amount) =>
        `{ user(id: "a") { ...A ${repeat(amount - 28, (i) => `a${i}: id`)} } ... { user(id: "a") { ...A } } }
         fragment A on User { ...B }
         fragment B on User { ${repeat(14, (i) => `b${i}: id`)} }`,
      'several operations',
    ],
    [
      'characters in an alias',
      100,
      (amount) => `{ user(id: "a") { a: id ${'a'.repeat(amount)}: id } }`,
      'shorter alias',
    ],
    [
      'characters in an alias, in a fragment, and in introspection',
      100,
      (amount) =>
        `{ ...A } fragment A on Query { ... { user(id: "a") { id } __schema { ${'a'.repeat(amount)}: queryType { name } } } }`,
      'shorter alias',
    ],
    ['fields at the root', 30, (amount) => `{ ${'user(id: "a") { id } '.repeat(amount)} }`, 'several operations'],
    [
      'fields at the root, in fragments',
      30,
      (amount) =>
        `{ ...A ...A ${'__typename '.repeat(amount - 28)} } fragment A on Query { ${'__typename '.repeat(14)} }`,
      'several operations',
    ],
    [
      'directives',
      20,
      (amount) =>
        `{ user(id: "a") { ${repeat(amount, (i) => `${['id', 'displayName'][i % 2]} @skip(if: true)`)} id } }`,
      'have no effect',
    ],
    [
      'directives, on spreads and in fragments',
      20,
      (amount) =>
        `{ ...A @include(if: true) ... @include(if: true) { ...A } user(id: "a") { ${repeat(amount - 18, () => 'id @skip(if: true)')} id } }
         fragment A on Query { __typename ${repeat(8, () => '__typename @skip(if: true)')} }`,
      'have no effect',
    ],
    [
      'introspection fields',
      3,
      (amount) => `{ ${repeat(amount, (i) => `a${i}: __schema { queryType { name } }`)} }`,
      'aliases',
    ],
    [
      'introspection fields, as routers use them',
      3,
      (amount) => `{ ${repeat(amount, (i) => `a${i}: _service { sdl }`)} }`,
      'aliases',
    ],
    [
      'introspection fields, where each alias counts',
      3,
      (amount) =>
        `{ __schema { queryType { ...A } } } fragment A on __Type { ${repeat(amount - 1, (i) => `a${i}: name`)} }`,
      'aliases',
    ],
  ])('on %s accepts %i, and refuses one more with an explanation', async (name, most, document, advice) => {
    expect(await ask(document(most))).toHaveProperty('data');
    const beyond = await ask(document(most + 1));
    expect(beyond).toEqual(refusal(`at most ${most} ${name.split(',')[0]}`));
    expect(beyond.errors?.[0]?.message).toContain(`this one has ${most + 1}. `);
    expect(beyond.errors?.[0]?.message).toContain(advice);
  });

  it('counts aliases that nested fragments multiply, without expanding the fragments', async () => {
    const fragments = repeat(100, (i) => `fragment F${i} on User { ...F${i + 1} ...F${i + 1} }`);
    const response = await ask(`{ user(id: "a") { ...F0 } } ${fragments} fragment F100 on User { a: id }`);
    expect(response).toEqual(refusal('at most 30 aliases, but this one has 1.26'));
  });

  it('counts the directives of the operation itself', async () => {
    const { errors } = await ask(`query ${repeat(21, () => '@a')} { __typename }`);
    expect(errors?.[0]?.message).toContain('at most 20 directives, but this one has 21');
  });

  it.each(DOORS)('on the length of an alias holds over %s, however often the document is sent', async (door) => {
    const gateway = await startGateway();
    const query = `query { user(id: "a") { ${'a'.repeat(101)}: id } }`;
    for (let times = 0; times < 4; times += 1)
      expect(await askBy(door, gateway.url, { query })).toEqual(refusal('at most 100 characters in an alias'));
  });

  it.each([
    ['a field', '{ user(id: "a") { NAME } }'],
    ['an argument', '{ user(id: "a", NAME: 1) { id } }'],
    ['a fragment', '{ user(id: "a") { ...NAME } } fragment NAME on User { id }'],
    ['a type', '{ user(id: "a") { ... on NAME { id } } }'],
    ['a variable', 'query ($NAME: ID = "a") { user(id: $NAME) { id } }'],
    ['a directive', '{ user(id: "a") { id @NAME } }'],
  ])('on the length of names holds for %s', async (_, document) => {
    const named = (length: number): string => document.replaceAll('NAME', 'a'.repeat(length));
    const refused = 'A name in a document can have at most 1000 characters, but one has 1001. Use a shorter name.';
    expect((await ask(named(1_001))).errors).toEqual([expect.objectContaining({ message: refused })]);
    expect(JSON.stringify(await ask(named(1_000)))).not.toContain('A name in a document');
  });

  it('leaves circular fragments to the validation rule against them', async () => {
    const response = await ask(
      '{ user(id: "a") { ...A } } fragment A on User { id ...B } fragment B on User { id ...A }',
    );
    expect(response).toMatchObject({ errors: [{ message: expect.stringContaining('Cannot spread fragment "A"') }] });
  });

  it('holds for every operation of a document', async () => {
    const response = await ask(`query A { __typename } query B { ${repeat(31, (i) => `a${i}: __typename`)} }`);
    expect(response.errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining('30 aliases'),
      expect.stringContaining('30 fields at the root'),
    ]);
  });

  it('is checked before the validation rules of GraphQL.js', async () => {
    const document = `{ ${repeat(31, (i) => `a${i}: nothing`)} } fragment Unused on Nothing { id }`;
    const response = await ask(document);
    expect(response.errors?.every(({ message }) => message.startsWith('An operation can have at most'))).toBe(true);
    expect(response.errors).toHaveLength(2);
  });
});

/** Thirteen tokens, and one for each leaf. */
function documentOf(tokens: number): string {
  return `{ onlineMeeting(organizerId: "a", id: "b") { ${leaves(tokens - 13)} } }`;
}

describe('A document', () => {
  it('of 2,000 tokens is read', async () => {
    expect(await ask(documentOf(2_000))).toEqual({ data: { onlineMeeting: null } });
  });

  it('of 2,001 tokens is refused with an explanation', async () => {
    expect(await ask(documentOf(2_001))).toMatchObject({
      errors: [
        {
          message: 'A document can have at most 2000 tokens, but this one has more. Split it into several documents.',
          extensions: { code: 'GRAPHQL_PARSE_FAILED' },
        },
      ],
    });
  });

  it.each([
    // How deep the parser's stack reaches depends on how warm it is. With or without an overflow, words explain it.
    ['that opens more than it closes', `{ user(id: ${'['.repeat(1_950)}`, /nested too deeply|Unexpected <EOF>/],
    ['whose fields overlap beyond measure', `{ user(id: "a") { ${'id '.repeat(1_900)} } }`, /overlap/],
  ])('%s is refused with an explanation', async (_, nasty, sentence) => {
    const { errors } = await ask(nasty);
    expect(errors?.map(({ message }) => message)).toEqual([expect.stringMatching(sentence)]);
  });

  it('that overflows the stack of the parser is reported as nested too deeply', () => {
    expect(syntaxSentence('Maximum call stack size exceeded')).toContain('nested too deeply');
  });

  it('with many errors is answered with the first twenty and a notice', async () => {
    const { errors } = await ask(`{ user(id: "a") { ${repeat(100, (i) => `nothing${i}`)} } }`);
    expect(errors).toHaveLength(21);
    expect(errors?.[20]?.message).toContain('Too many validation errors');
  });
});

describe('The size of a page', () => {
  it.each([
    [0, 'Omit it to get 20.'],
    [-1, 'Omit it to get 20.'],
    [101, 'Use "after" to request further pages.'],
    [2_147_483_647, 'Use "after" to request further pages.'],
  ])('cannot be %i', async (first, advice) => {
    const document = 'query ($first: Int) { callRecordings(meetingOrganizerId: "a", first: $first) { nodes { id } } }';
    expect(await ask(document, { first })).toMatchObject({
      data: null,
      errors: [
        {
          message: `"first" must be from 1 to 100, but is ${first}. ${advice}`,
          path: ['callRecordings'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  });
});
