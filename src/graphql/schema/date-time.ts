/** The scalar `DateTime`. */
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { ValueNode } from 'graphql';

/**
 * https://www.rfc-editor.org/rfc/rfc3339#section-5.6 without `t` and `z` in lower case, like
 * https://scalars.graphql.org/andimarek/date-time.
 */
const RFC_3339 =
  /^(?<day>\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:(?<second>[0-5]\d|60)(\.(?<fraction>\d+))?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Graph stores instants in units of 100 ns: https://learn.microsoft.com/en-us/dotnet/api/system.datetimeoffset */
const MAX_FRACTION_DIGITS = 7;
const LONGEST_CITATION_CHARACTERS = 50;

function cite(text: string): string {
  const cited = JSON.stringify(text.slice(0, LONGEST_CITATION_CHARACTERS));
  return text.length > LONGEST_CITATION_CHARACTERS ? `${cited} (shortened)` : cited;
}

function isOnCalendar(day: string): boolean {
  // `Date` parses February 30 as March 2.
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** Returns the sentence that says why a text is not a DateTime for Graph; null when it is one. */
function faultOf(text: string): string | null {
  const { day, second, fraction = '' } = RFC_3339.exec(text)?.groups ?? {};
  if (day === undefined)
    return `Expected a DateTime in the format of RFC 3339, for example "2026-11-16T09:00:00Z", but received ${cite(text)}.`;
  if (!isOnCalendar(day)) return `${day} is not a day of the calendar. Correct the date.`;
  if (second === '60')
    return `Seconds must be from 00 to 59, because Microsoft Graph does not support leap seconds, but received ${cite(text)}. Use the second before or after.`;
  if (fraction.length > MAX_FRACTION_DIGITS)
    return `A DateTime can have at most ${MAX_FRACTION_DIGITS} decimals of a second, because Microsoft Graph keeps no more, but this one has ${fraction.length}. Remove the others.`;
  return null;
}

function refuse(sentence: string, node: ValueNode | null): never {
  throw new GraphQLError(sentence, { nodes: node, extensions: { code: 'BAD_USER_INPUT' } });
}

/** Parses a DateTime. Throws an error located at `node`, if there is one, when the value is invalid. */
function parseDateTime(value: unknown, node: ValueNode | null): string {
  if (typeof value !== 'string')
    refuse('Expected a DateTime as a string, for example "2026-11-16T09:00:00Z", but received another type.', node);
  const fault = faultOf(value);
  return fault === null ? value : refuse(fault, node);
}

/**
 * The scalar `DateTime`. Values of Graph are returned unchanged, because their seven fractional digits are more than a
 * `Date` holds. Values of clients are checked and sent to Graph unchanged.
 */
export const dateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  serialize: String,
  // GraphQL.js locates the variable itself.
  parseValue: (value) => parseDateTime(value, null),
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined, node),
});
