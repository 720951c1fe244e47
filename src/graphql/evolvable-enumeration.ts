import { isEnumType } from 'graphql';
import type { GraphQLSchema } from 'graphql';

/** What a member that is newer than the schema reads. */
const UNKNOWN = 'unknownFutureValue';

/**
 * Makes each enumeration that has a member for them answer members which it does not know, as Graph itself does for clients that
 * did not ask for more: an enumeration of Graph's that has grown fails no query. Some members Graph prints with a capital, `Html`
 * for instance. Called once, when the schema is built.
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
