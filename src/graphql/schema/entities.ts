/** The field `_entities`, which resolves entities for routers. */
import { inspect } from 'node:util';
import { isUnionType } from 'graphql';
import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { InputError } from '../../msgraph/error.ts';
import { kindOf } from '../arguments/representation.ts';

/**
 * Describes what is no type name, for an error message. A document may use one value for hundreds of representations,
 * so that only the beginning of a name is repeated.
 */
function described(typename: unknown): string {
  return typeof typename === 'string' ? inspect(typename, { maxStringLength: 100 }) : kindOf(typename);
}

const representations = z.object({ representations: z.array(z.unknown()) });

/** Resolves an entity of one type from its representation, the context and the field's info. */
type ResolveReference = (...given: never[]) => unknown;

type Found = object | null | PromiseLike<object | null>;

/** The resolver of an entity type, and a function that adds `__typename` for the executor. */
interface Reference {
  readonly resolve: ResolveReference;
  readonly withTypename: (found: object | null) => object | null;
}

/** The part of a type's resolvers that matters for entities. */
interface EntityResolvers {
  readonly __resolveReference?: ResolveReference | undefined;
}

function typenameOf(representation: unknown): unknown {
  const hasOne = typeof representation === 'object' && representation !== null && '__typename' in representation;
  return hasOne ? representation.__typename : undefined;
}

/**
 * Makes `_entities` of a subgraph resolve each representation separately: one that cannot be resolved is an error in
 * its own place and affects no other. Called once, when the schema is built, with the resolvers by type name. Throws
 * when an entity type has no `__resolveReference`.
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#query_entities
 */
export function resolveEachRepresentation(
  schema: GraphQLSchema,
  resolvers: Readonly<Record<string, EntityResolvers>>,
): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const entity = schema.getType('_Entity');
  if (field === undefined || !isUnionType(entity)) {
    throw new Error('Expected a subgraph with entities, but its Query has no field _entities.');
  }
  const references = new Map<unknown, Reference>();
  for (const { name: __typename } of entity.getTypes()) {
    const resolve = resolvers[__typename]?.__resolveReference;
    if (resolve === undefined)
      throw new Error(`Expected ${__typename} to have __resolveReference, because it has a @key.`);
    references.set(__typename, { resolve, withTypename: (found) => found && { ...found, __typename } });
  }

  function resolveOne(representation: unknown, context: unknown, info: GraphQLResolveInfo): Promise<object | null> {
    const typename = typenameOf(representation);
    const reference = references.get(typename);
    if (reference === undefined) {
      throw new InputError(
        `Expected the __typename of a representation to be one of ${[...references.keys()].join(', ')}, but it is ${described(typename)}.`,
      );
    }
    const found: Found = Reflect.apply(reference.resolve, undefined, [representation, context, info]);
    return Promise.resolve(found).then(reference.withTypename);
  }

  field.resolve = (_, given, context, info) =>
    representations.parse(given).representations.map((one) => {
      try {
        return resolveOne(one, context, info);
      } catch (error) {
        return Promise.reject(error);
      }
    });
  return schema;
}
