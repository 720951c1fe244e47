/** Enumerations to which Graph may add members. */
import { isEnumType } from 'graphql';
import type { GraphQLSchema } from 'graphql';

/** The value that represents members which are newer than the schema. */
const UNKNOWN = 'unknownFutureValue';

/**
 * Makes each enumeration with the member `unknownFutureValue` serialize unknown members as that, as Graph does by
 * default. A new member in Graph then fails no query. Letter case is ignored, because Graph capitalizes some members,
 * for instance `Html`. Called once, when the schema is built.
 * https://learn.microsoft.com/en-us/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations
 */
export function withEvolvableEnumerations(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isEnumType(type) || type.getValue(UNKNOWN) === undefined) continue;
    const known = new Map(type.getValues().map(({ name }) => [name.toLowerCase(), name]));
    type.serialize = (printed) => known.get(String(printed).toLowerCase()) ?? UNKNOWN;
  }
  return schema;
}
