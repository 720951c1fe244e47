import { setImmediate } from 'node:timers/promises';
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
  type Query {
    thing(id: ID!, isBig: Boolean = false): Thing
    sureThing: Thing!
    things: [Thing!]
    allSure: [Thing!]!
    either: Either!
    sure: Int!
  }
`;

/** A draw that depends on the seed and the path alone, so that both executors see the same values. */
function drawAt(seed: number, path: GraphQLResolveInfo['path']): Draw {
  let hash = seed;
  for (let place: GraphQLResolveInfo['path'] | undefined = path; place; place = place.prev)
    for (const char of String(place.key)) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01_00_01_93) >>> 0;
  const draw = createDraw(hash);
  draw.below(2);
  return draw;
}

/**
 * When values arrive: all at once, all later, or mixed. Within a list all arrive alike: when one item fails at once,
 * GraphQL.js drops the pending ones, and their rejections would be unhandled.
 */
const TIMINGS = ['at once', 'later', 'failing later', 'now and then'] as const;
type Timing = (typeof TIMINGS)[number];

/** The seed and timing of a round, and the values held back for later. */
interface Current {
  seed: number;
  timing: Timing;
  held: { readonly order: number; readonly release: () => void }[];
}

function failingOr(draw: Draw, value: () => unknown): unknown {
  return (
    [
      () => null,
      () => new Error('an error in the place of a value'),
      () => ({ text: 'of a wrong type' }),
      () => {
        throw new Error('refused');
      },
      () => 'huge',
    ][draw.below(25)]?.() ?? value()
  );
}

function valueOf(current: Current, draw: Draw, type: string, isLater: boolean): unknown {
  if (type.endsWith('!')) return valueOf(current, draw, type.slice(0, -1), isLater);
  const item = (): unknown => timed(current, draw, isLater, () => valueOf(current, draw, type.slice(1, -1), isLater));
  if (type.startsWith('[')) return Array.from({ length: draw.below(3) }, item);
  if (type === 'Int') return draw.below(100);
  if (type === 'Kind') return draw.of(['small', 'large']);
  if (type === 'ID' || type === 'String') return `text ${draw.below(9)}`;
  return { __typename: type === 'Either' ? draw.of(['Thing', 'Other']) : type };
}

/** The drawn value at once, or a promise of it that settles when it is released. */
function timed(current: Current, draw: Draw, isLater: boolean, value: () => unknown): unknown {
  const isSound = !isLater && current.timing === 'failing later';
  const drawn = (): unknown => (isSound ? value() : failingOr(draw, value));
  if (!isLater) return drawn();
  const order = draw.below(2 ** 32);
  const outcome = Promise.try(drawn);
  const held = new Promise((resolve) => current.held.push({ order, release: () => resolve(outcome) }));
  for (const promise of [outcome, held]) promise.catch(() => {});
  return held;
}

function isInList(path: GraphQLResolveInfo['path'] | undefined): boolean {
  return path !== undefined && (typeof path.key === 'number' || isInList(path.prev));
}

/** A schema whose fields have seeded values and may fail in every way in which a resolver can. */
function createWildSchema(current: Current): GraphQLSchema {
  const schema = buildSchema(SDL);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      field.resolve = (_source, args, _context, { path, returnType }) => {
        const { seed, timing } = current;
        const draw = drawAt(seed, path);
        const isSometimesLater = draw.below(2) === 0 || isInList(path) || String(returnType).startsWith('[');
        const isLater = timing === 'later' || (timing !== 'at once' && isSometimesLater);
        return timed(current, draw, isLater, () => {
          const value = valueOf(current, draw, String(returnType), isLater);
          return typeof value === 'string' && !String(returnType).startsWith('Kind')
            ? `${value} ${JSON.stringify(args)}`
            : value;
        });
      };
    }
  }
  return schema;
}

/** The path of the null in the data that an error caused. */
function nullOf(given: unknown, path: readonly (string | number)[] = []): string {
  const data: unknown = JSON.parse(JSON.stringify(given));
  const end = path.findIndex(
    (_, index) => (at({ data }, ['data', ...path.slice(0, index)].join('.')) ?? null) === null,
  );
  return (end === -1 ? path : path.slice(0, end)).join('.');
}

/** Executes and releases held values one by one in seeded order. Returns the result and the number of releases. */
async function runThrough(
  current: Current,
  run: () => ExecutionResult | Promise<ExecutionResult>,
): Promise<{ result: ExecutionResult; steps: number }> {
  current.held = [];
  let result: ExecutionResult | null = null;
  void Promise.resolve(run()).then((come) => (result = come));
  for (let steps = 0; ; steps += 1) {
    // Each value is processed before the next is released.
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate();
    if (result !== null) return { result, steps };
    current.held.sort((one, other) => one.order - other.order);
    const next = current.held.shift();
    if (next === undefined) throw new Error('Expected an answer when all has come, but there is none.');
    next.release();
  }
}

/** Every error as reported, except on abstract types, where we say less. */
function toldErrors({ data, errors = [] }: ExecutionResult): string[] {
  return errors.map(({ path = [], message }) =>
    [nullOf(data, path), path.join('.'), message.includes('Either') ? 'an error' : message].join(': '),
  );
}

/**
 * The same where a field fails at once while its siblings are pending. GraphQL.js waits for the siblings and notes
 * their errors too. A null with several possible causes therefore needs only some error.
 */
function blamedErrors(result: ExecutionResult): string[] {
  const told = (result.errors ?? []).map(({ path = [], message }) => {
    const place = nullOf(result.data, path);
    return `${place}: ${place === path.join('.') && !message.includes('Either') ? message : 'an error'}`;
  });
  return [...new Set(told)].toSorted((one, other) => one.localeCompare(other));
}

describe('An operation executed by a plan', () => {
  it('has the same result as in GraphQL.js, whatever its resolvers do', async () => {
    const current: Current = { seed: 0, timing: 'at once', held: [] };
    const schema = createWildSchema(current);
    const drawDocument = createDrawDocument(schema);
    const draw = createDraw(2_026);
    const differing: string[] = [];
    const seen = { answered: 0, withErrors: 0, endedEarly: 0 };
    for (let round = 0; round < 6_000; round += 1) {
      const source = drawDocument(draw);
      const document = documentOf(schema, source);
      const variables = draw.of([{}, { b: false }, { b: true, v: 'a' }, { v: null }, { b: 3 }]);
      const planned = document && planOperation(schema, document, null);
      // Preparing it for other variables makes no difference.
      for (const b of [true, false]) planned?.prepare({ b });
      const run = planned?.prepare(variables);
      if (!document || !run) continue;
      current.seed = round;
      current.timing = draw.of(TIMINGS);
      const expected = await runThrough(current, () => execute({ schema, document, variableValues: variables }));
      const answered = await runThrough(current, () => run({}));
      seen.answered += 1;
      if (answered.result.errors !== undefined) seen.withErrors += 1;
      const isStrict = current.timing !== 'now and then';
      // Below null, GraphQL.js goes on to execute; a plan neither executes nor waits.
      const isLonger = answered.steps > expected.steps;
      if (current.held.length > 0) seen.endedEarly += 1;
      const [theirs, ours] = [expected, answered].map(({ result }) =>
        JSON.stringify([result.data, isStrict ? toldErrors(result) : blamedErrors(result)]),
      );
      if (theirs !== ours || isLonger)
        differing.push([current.timing, source, theirs, expected.steps, ours, answered.steps].join('\n'));
    }
    expect(differing.slice(0, 3)).toEqual([]);
    expect(seen.answered).toBeGreaterThan(500);
    expect(seen.withErrors).toBeGreaterThan(200);
    expect(seen.answered - seen.withErrors).toBeGreaterThan(100);
    expect(seen.endedEarly).toBeGreaterThan(10);
  });

  it.each([
    ['at once', () => new Error('refused')],
    ['later', () => Promise.reject(new Error('refused'))],
  ])('answers when null reaches the data %s, without waiting for pending fields', async (_, resolve) => {
    const ending = buildSchema('type Query { never: Int sure: Int! }');
    for (const field of Object.values(ending.getQueryType()?.getFields() ?? {}))
      field.resolve = () => (field.name === 'sure' ? resolve() : new Promise(() => {}));
    const answer = await planOperation(ending, parse('{ never sure }'), null)?.prepare({})?.({});
    expect(answer).toMatchObject({ data: null, errors: [{ message: 'refused', path: ['sure'] }] });
  });

  it.each([
    ['at once', () => new Error('refused')],
    ['later', () => Promise.reject(new Error('refused'))],
  ])('does not wait for pending values below a null that comes %s, but for all others', async (_, refuse) => {
    const schema = buildSchema('type Query { things: [Thing] other: Int } type Thing { never: Int sure: Int! }');
    const thing = { never: () => new Promise(() => {}), sure: refuse };
    for (const field of Object.values(schema.getQueryType()?.getFields() ?? {}))
      field.resolve = () => (field.name === 'other' ? setImmediate(1) : [thing, Promise.resolve(thing)]);
    const planned = planOperation(schema, parse('{ things { never sure } other }'), null);
    const answer = await planned?.prepare({})?.({});
    expect(answer).toMatchObject({ data: { things: [null, null], other: 1 } });
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
