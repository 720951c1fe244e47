import { GraphQLError, buildSchema, parse } from 'graphql';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createKnownOperations } from '../../src/graphql/execution/known-operations.ts';
import type { KnownOperation, KnownOperations } from '../../src/graphql/execution/known-operations.ts';
import type { Validate } from '../../src/graphql/validation.ts';

const schema = buildSchema('type Query { text: String, self: Query }');
const log = pino({ level: 'silent' });

function createKnown(validate: Validate = () => []): KnownOperations {
  return createKnownOperations({ schema, validate, log, plannedAfter: 1 });
}

/** An operation with so many fields. `conditions` of them depend on a variable; each doubles the possible plans. */
function document(name: string, fields: number, conditions = 0): string {
  const names = Array.from({ length: conditions }, (_, index) => `$b${index}`);
  const variables = names.length === 0 ? '' : `(${names.map((variable) => `${variable}: Boolean = true`).join()})`;
  const selections = Array.from(
    { length: fields },
    (_, index) => `f${index}: text ${index < conditions ? `@include(if: ${names[index]})` : ''}`,
  );
  return `query ${name}${variables} { ${selections.join(' ')} }`;
}

function find({ find: findKnown }: KnownOperations, query: string): KnownOperation | null {
  return findKnown({ query, operationName: null, variables: {} });
}

/** How many of `count` noted operations are known, and whether those are the last. */
function askAll(count: number, fields: number, conditions: number) {
  const known = createKnown();
  const documents = Array.from({ length: count }, (_, index) => document(`Q${index}`, fields, conditions));
  for (const query of documents) known.note(query, parse(query), null);
  const found = documents.map((query) => find(known, query) !== null);
  return { known: found.filter(Boolean).length, areLast: found.lastIndexOf(false) < found.indexOf(true) };
}

describe('The cache of known operations', () => {
  it.each([
    ['500 that are small', 510, 3, 0, 500],
    ['50,000 fields', 260, 200, 0, 250],
    ['50,000 fields in all plans that each may have', 130, 200, 1, 125],
    ['50,000 fields in eight plans at most of each', 40, 200, 5, 31],
  ])('keeps the newest: %s', (_, count, fields, conditions, kept) => {
    expect(askAll(count, fields, conditions)).toEqual({ known: kept, areLast: true });
  });

  it('keeps an operation that is requested again, however many others come', () => {
    const known = createKnown();
    const often = document('Often', 200);
    for (let index = 0; index < 1_000; index += 1) {
      known.note(often, parse(often), null);
      const query = document(`Q${index}`, 200);
      known.note(query, parse(query), null);
    }
    expect(find(known, often)).not.toBeNull();
  });

  it.each([
    ['of 200 fields', document('Q', 200), true],
    ['of 201', document('Q', 201), false],
    [
      'of 201 by fragments',
      `{ ...F self { ...F } } fragment F on Query { ${document('Q', 100).slice(10, -1)} }`,
      false,
    ],
    ['of 20,000 characters', `{ text }`.padEnd(20_000), true],
    ['of more', `{ text }`.padEnd(20_001), false],
  ])('takes only operations within the size limits: %s', (_, query, isKnown) => {
    const known = createKnown();
    known.note(query, parse(query), null);
    expect(find(known, query) !== null).toBe(isKnown);
  });
});

describe('A known operation that costs too much', () => {
  it('is not found, and its variables are not read', () => {
    const known = createKnown(() => [new GraphQLError('too dear')]);
    const query = document('Q', 1, 1);
    known.note(query, parse(query), null);
    let isRead = false;
    const variables = {
      get b0() {
        isRead = true;
        return true;
      },
    };
    expect(known.find({ query, operationName: null, variables })).toBeNull();
    expect(isRead).toBe(false);
  });
});
