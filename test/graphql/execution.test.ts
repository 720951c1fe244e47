import { GraphQLError, buildSchema, execute, isObjectType, parse, validate } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { planOperation } from '../../src/graphql/execution/operation.ts';
import { at } from '../support/gateway.ts';
import { createDrawDocument } from '../support/random-document.ts';
import { createDraw } from '../support/random-operation.ts';
import type { Draw } from '../support/random-operation.ts';

const SDL = `
  enum Kind { small large }
  union Either = Thing | Other
  type Other { id: ID! thing: Thing text: String! }
  type Thing {
    id: ID!
    text(length: Int = 3, of: String): String
    number: Int
    sure: Int!
    kind: Kind
    thing: Thing
    sureThing: Thing!
    things: [Thing]
    sureThings: [Thing!]
    allSure: [Thing!]!
    numbers: [[Int!]]
    either: Either
    eithers: [Either!]
  }
  type Query { thing(id: ID!, isBig: Boolean = false): Thing sureThing: Thing! things: [Thing!] either: Either! number: Int }
`;

/** A number that depends on the seed and the place in the answer alone, so that it is the same whoever executes. */
function drawAt(seed: number, path: GraphQLResolveInfo['path']): Draw {
  let hash = seed;
  for (let place: GraphQLResolveInfo['path'] | undefined = path; place; place = place.prev)
    for (const char of String(place.key)) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01_00_01_93) >>> 0;
  const draw = createDraw(hash);
  draw.below(2);
  return draw;
}

/**
 * Whether values come later: none does, all do, or some. Within lists it is all or none, for GraphQL.js forgets about the items that are
 * still to come when one fails at once, and their failures would be nobody's.
 */
const TIMINGS = ['at once', 'later', 'now and then'] as const;
type Timing = (typeof TIMINGS)[number];

function failingOr(draw: Draw, value: () => unknown): unknown {
  return (
    [
      () => null,
      () => new Error('an error in the place of a value'),
      () => ({ text: 'of a wrong type' }),
      () => {
        throw new Error('refused');
      },
    ][draw.below(25)]?.() ?? value()
  );
}

function valueOf(draw: Draw, type: string, isLater: boolean): unknown {
  if (type.endsWith('!')) return valueOf(draw, type.slice(0, -1), isLater);
  const item = (): unknown => timed(isLater, () => failingOr(draw, () => valueOf(draw, type.slice(1, -1), isLater)));
  if (type.startsWith('[')) return Array.from({ length: draw.below(3) }, item);
  if (type === 'Int') return draw.below(100);
  if (type === 'Kind') return draw.of(['small', 'large', 'large', 'huge']);
  if (type === 'ID' || type === 'String') return `text ${draw.below(9)}`;
  return { __typename: type === 'Either' ? draw.of(['Thing', 'Other']) : type };
}

function timed(isLater: boolean, value: () => unknown): unknown {
  return isLater ? Promise.try(value) : value();
}

function isInList(path: GraphQLResolveInfo['path'] | undefined): boolean {
  return path !== undefined && (typeof path.key === 'number' || isInList(path.prev));
}

/** A schema of which every field has a value that depends on the seed, and may fail in every way in which a resolver can. */
function createWildSchema(current: () => { readonly seed: number; readonly timing: Timing }): GraphQLSchema {
  const schema = buildSchema(SDL);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      field.resolve = (_source, args, _context, { path, returnType }) => {
        const { seed, timing } = current();
        const draw = drawAt(seed, path);
        const isSometimesLater = draw.below(2) === 0 || isInList(path) || String(returnType).startsWith('[');
        const isLater = timing === 'later' || (timing === 'now and then' && isSometimesLater);
        return timed(isLater, () =>
          failingOr(draw, () => {
            const value = valueOf(draw, String(returnType), isLater);
            return typeof value === 'string' && !String(returnType).startsWith('Kind')
              ? `${value} ${JSON.stringify(args)}`
              : value;
          }),
        );
      };
    }
  }
  return schema;
}

/** Where in the data the null stands that an error is to blame for. */
function nullOf(given: unknown, path: readonly (string | number)[] = []): string {
  const data: unknown = JSON.parse(JSON.stringify(given));
  const end = path.findIndex(
    (_, index) => (at({ data }, ['data', ...path.slice(0, index)].join('.')) ?? null) === null,
  );
  return (end === -1 ? path : path.slice(0, end)).join('.');
}

/**
 * What must be the same: the data, and what every null in it is for. Where several fields may be to blame for one null, or GraphQL.js has more
 * to say than we, that there is an error is enough.
 */
function essence({ data, errors = [] }: ExecutionResult): string {
  const said = new Map<string, string>();
  for (const { path = [], message } of errors) {
    const place = nullOf(data, path);
    const isItsOwn = place === path.join('.') && !message.includes('Either');
    said.set(place, isItsOwn ? message : 'an error');
  }
  return JSON.stringify({ data, said: [...said].toSorted(([one], [other]) => one.localeCompare(other)) });
}

describe('An operation that is executed by a plan', () => {
  it('is answered as GraphQL.js answers it, whatever its resolvers do', async () => {
    const current: { seed: number; timing: Timing } = { seed: 0, timing: 'at once' };
    const schema = createWildSchema(() => current);
    const drawDocument = createDrawDocument(schema);
    const draw = createDraw(2_026);
    const differing: string[] = [];
    const seen = { answered: 0, withErrors: 0 };
    for (let round = 0; round < 6_000; round += 1) {
      const source = drawDocument(draw);
      const document = documentOf(schema, source);
      const variables = draw.of([{}, { b: false }, { b: true, v: 'a' }, { v: null }, { b: 3 }]);
      const planned = document && planOperation(schema, document, null);
      // What others ask with other variables makes no difference.
      for (const b of [true, false]) planned?.prepare({ b });
      const run = planned?.prepare(variables);
      if (!document || !run) continue;
      current.seed = round;
      current.timing = draw.of(TIMINGS);
      const expected = await execute({ schema, document, variableValues: variables });
      const answered = await run({});
      seen.answered += 1;
      if (answered.errors !== undefined) seen.withErrors += 1;
      const [theirs, ours] = [essence(expected), essence(answered)];
      if (theirs !== ours) differing.push([current.timing, source, theirs, ours].join('\n'));
    }
    expect(differing.slice(0, 3)).toEqual([]);
    expect(seen.answered).toBeGreaterThan(500);
    expect(seen.withErrors).toBeGreaterThan(200);
    expect(seen.answered - seen.withErrors).toBeGreaterThan(100);
  });
});

function documentOf(schema: GraphQLSchema, source: string): DocumentNode | null {
  try {
    const document = parse(source);
    return validate(schema, document).length === 0 ? document : null;
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}
