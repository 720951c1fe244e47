/** Compares the cost hints that routers read in the published schema with the charge. */
import { readFileSync } from 'node:fs';
import {
  OperationTypeNode,
  buildSchema,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  isCompositeType,
  isListType,
  isObjectType,
  parse,
} from 'graphql';
import type { GraphQLField, GraphQLNamedType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createCostMeasure } from '../../src/graphql/limits/cost.ts';
import { createSchema } from '../../src/graphql/schema/schema.ts';
import { at } from '../support/gateway.ts';

const published = buildSchema(readFileSync(new URL('../../docs/subgraph.graphql', import.meta.url), 'utf8'));
const costOf = createCostMeasure(createSchema());

/** The directive's argument on a published field or type; undefined without the directive. */
function hint(
  directive: string,
  member: string,
  { astNode }: GraphQLField<unknown, unknown> | GraphQLNamedType,
): unknown {
  const definition = published.getDirective(directive);
  if (!definition || !astNode) throw new Error(`Expected @${directive} to be defined, and a node to look for it.`);
  return at(getDirectiveValues(definition, astNode), member);
}

/** The charged cost of a selection on any type. An entity counts twice: 20 for itself plus its selection. */
function charged(type: string, selection: string): number {
  const document = parse(`{ _entities(representations: [0]) { ... on ${type} { ${selection} } } }`);
  const operation = getOperationAST(document);
  if (operation?.operation !== OperationTypeNode.QUERY) throw new Error('Expected a query.');
  return costOf(document, operation, {}) / 2 - 20;
}

const fields = Object.values(published.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('_'))
  .flatMap((type) =>
    isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type: type.name, field })) : [],
  )
  .filter(({ field: { name } }) => !name.startsWith('_'));

/** The cost by routers' rules: https://www.apollographql.com/docs/graphos/routing/security/demand-control */
function promised(field: GraphQLField<unknown, unknown>, below: number): number {
  const type = getNamedType(field.type);
  const weight = hint('cost', 'weight', field) ?? hint('cost', 'weight', type) ?? (isCompositeType(type) ? 1 : 0);
  const isSizedAbove = ['edges', 'nodes'].includes(field.name);
  const size = isListType(getNullableType(field.type)) && !isSizedAbove ? hint('listSize', 'assumedSize', field) : 1;
  return Number(size) * (Number(weight) + below);
}

/** The cost of a page with `nodes`, `edges` and `hasNextPage`: each item counts twice. */
function page(size: number): number {
  return 20 + 2 * size * (20 + 1) + (20 + 1);
}

describe('The cost hints of the published schema', () => {
  it.each(fields)('equal the charged cost: $type.$field.name', ({ type, field }) => {
    const isComposite = isCompositeType(getNamedType(field.type));
    expect(charged(type, isComposite ? `${field.name} { __typename }` : field.name)).toBe(
      promised(field, isComposite ? 1 : 0),
    );
  });

  it('give the charged page size, with and without the argument "first"', () => {
    const connections = fields.filter(({ field }) => field.args.some(({ name }) => name === 'first'));
    expect(connections).toHaveLength(3);
    for (const { type, field } of connections) {
      expect(hint('listSize', 'slicingArguments', field)).toEqual(['first']);
      expect(hint('listSize', 'sizedFields', field)).toEqual(['edges', 'nodes']);
      expect(hint('listSize', 'requireOneSlicingArgument', field)).toBe(false);
      const selection = '{ nodes { id } edges { cursor: __typename } pageInfo { hasNextPage } }';
      expect(charged(type, `${field.name}(first: 7) ${selection}`)).toBe(page(7));
      expect(charged(type, `${field.name} ${selection}`)).toBe(page(Number(hint('listSize', 'assumedSize', field))));
    }
  });

  it('give the root types Query and Subscription no weight', () => {
    for (const root of [published.getQueryType(), published.getSubscriptionType()]) {
      if (!root) throw new Error('Expected a query and a subscription to begin with.');
      expect(hint('cost', 'weight', root)).toBeUndefined();
    }
  });
});
