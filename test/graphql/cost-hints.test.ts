/** What routers read of cost in the published schema, held against what is charged. */
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
import { createCostMeasure } from '../../src/graphql/cost.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { at } from '../support/gateway.ts';

const published = buildSchema(readFileSync(new URL('../../docs/subgraph.graphql', import.meta.url), 'utf8'));
const costOf = createCostMeasure(createSchema());

/** What the published schema says of a field or a type; undefined where it says nothing. */
function hint(
  directive: string,
  member: string,
  { astNode }: GraphQLField<unknown, unknown> | GraphQLNamedType,
): unknown {
  const definition = published.getDirective(directive);
  if (!definition || !astNode) throw new Error(`Expected @${directive} to be defined, and a node to look for it.`);
  return at(getDirectiveValues(definition, astNode), member);
}

/** What a selection on a type is charged. An entity may be of any type here, and of one each counts twice, beside itself. */
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

/** By the rules of routers: https://www.apollographql.com/docs/graphos/routing/security/demand-control */
function promised(field: GraphQLField<unknown, unknown>, below: number): number {
  const type = getNamedType(field.type);
  const weight = hint('cost', 'weight', field) ?? hint('cost', 'weight', type) ?? (isCompositeType(type) ? 1 : 0);
  const isSizedAbove = ['edges', 'nodes'].includes(field.name);
  const size = isListType(getNullableType(field.type)) && !isSizedAbove ? hint('listSize', 'assumedSize', field) : 1;
  return Number(size) * (Number(weight) + below);
}

/** What a page costs of which the items and whether there is more are asked for, each item twice. */
function page(size: number): number {
  return 20 + 2 * size * (20 + 1) + (20 + 1);
}

describe('The hints of cost', () => {
  it.each(fields)('say what is charged: $type.$field.name', ({ type, field }) => {
    const isComposite = isCompositeType(getNamedType(field.type));
    expect(charged(type, isComposite ? `${field.name} { __typename }` : field.name)).toBe(
      promised(field, isComposite ? 1 : 0),
    );
  });

  it('say the size of a page as it is charged, by its argument or without one', () => {
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

  it('are on nothing that only begins an operation', () => {
    for (const root of [published.getQueryType(), published.getSubscriptionType()]) {
      if (!root) throw new Error('Expected a query and a subscription to begin with.');
      expect(hint('cost', 'weight', root)).toBeUndefined();
    }
  });
});
