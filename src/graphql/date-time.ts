import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

// https://www.rfc-editor.org/rfc/rfc3339#section-5.6
const RFC_3339 =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,7})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

function parseDateTime(value: unknown): string {
  if (typeof value === 'string' && RFC_3339.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new GraphQLError(
    `Expected a DateTime as RFC 3339 writes it, "2026-11-16T09:00:00Z" for instance, but ${JSON.stringify(value)} came.`,
    { extensions: { code: 'BAD_USER_INPUT' } },
  );
}

/**
 * The scalar `DateTime`. What Graph prints goes out untouched, because its seven digits of a second are more than a Date
 * holds; what clients give is checked, and reaches Graph as it came.
 */
export const dateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  serialize: String,
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
});
