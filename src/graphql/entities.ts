import { inspect } from 'node:util';
import { isUnionType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { InputError } from '../msgraph/error.ts';

/** A value as a sentence shows it: however deep and long it is, not more than helps to find it. */
function shown(value: unknown): string {
  return inspect(value, { depth: 0, maxArrayLength: 3, maxStringLength: 100, breakLength: Infinity });
}

const representations = z.object({ representations: z.array(z.unknown()) });
const named = z.object({ __typename: z.string() });

/**
 * Makes `_entities` of a subgraph resolve each representation by itself: one that cannot be resolved is an error in its
 * own place and spoils no other's. Called once, when the schema is built.
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#query_entities
 */
export function resolveEachRepresentation(schema: GraphQLSchema): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const entity = schema.getType('_Entity');
  const resolve = field?.resolve;
  if (field === undefined || resolve === undefined || !isUnionType(entity)) {
    throw new Error('Expected a subgraph with entities, but its Query has no field _entities.');
  }
  const names = new Set(entity.getTypes().map(({ name }) => name));

  field.resolve = (source, given, context, info) =>
    representations.parse(given).representations.map((representation): unknown => {
      const typename = named.safeParse(representation).data?.__typename;
      if (typename === undefined || !names.has(typename)) {
        return Promise.reject(
          new InputError(
            `Expected a representation whose __typename is one of ${[...names].join(', ')}, but ${shown(typename ?? representation)} came.`,
          ),
        );
      }
      try {
        const resolved: unknown = resolve(source, { representations: [representation] }, context, info);
        return Array.isArray(resolved) ? resolved[0] : null;
      } catch (error) {
        return Promise.reject(error);
      }
    });
  return schema;
}
