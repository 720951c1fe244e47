import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { ValueNode } from 'graphql';

/**
 * https://www.rfc-editor.org/rfc/rfc3339#section-5.6, of which `t` and `z` in lower case are left out, as by
 * https://scalars.graphql.org/andimarek/date-time.
 */
const RFC_3339 =
  /^(?<day>\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:(?<second>[0-5]\d|60)(\.(?<fraction>\d+))?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Graph's instants are counted in units of 100 ns: https://learn.microsoft.com/en-us/dotnet/api/system.datetimeoffset */
const MAX_FRACTION_DIGITS = 7;
const LONGEST_CITATION_CHARACTERS = 50;

function cite(text: string): string {
  const cited = JSON.stringify(text.slice(0, LONGEST_CITATION_CHARACTERS));
  return text.length > LONGEST_CITATION_CHARACTERS ? `${cited} and more` : cited;
}

function isOnCalendar(day: string): boolean {
  // A Date takes February 30 for March 2.
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** What is wrong with a text that should be a DateTime with which Graph can be asked; null when nothing is. */
function faultOf(text: string): string | null {
  const { day, second, fraction = '' } = RFC_3339.exec(text)?.groups ?? {};
  if (day === undefined)
    return `Expected a DateTime as RFC 3339 writes it, "2026-11-16T09:00:00Z" for instance, but ${cite(text)} came.`;
  if (!isOnCalendar(day)) return `Expected a day of the calendar, but there is no ${day}. Correct the date.`;
  if (second === '60')
    return `Expected a second from 00 to 59, because Microsoft Graph knows no leap seconds, but ${cite(text)} came. Give the second before or after.`;
  if (fraction.length > MAX_FRACTION_DIGITS)
    return `Expected at most ${MAX_FRACTION_DIGITS} digits after the second, because Microsoft Graph keeps no more, but ${fraction.length} came. Leave out the others.`;
  return null;
}

function refuse(sentence: string, node: ValueNode | null): never {
  throw new GraphQLError(sentence, { nodes: node, extensions: { code: 'BAD_USER_INPUT' } });
}

/** The DateTime that a value is. What is wrong is found at `node`, where there is one. */
function parseDateTime(value: unknown, node: ValueNode | null): string {
  if (typeof value !== 'string')
    refuse('Expected a DateTime as a string, "2026-11-16T09:00:00Z" for instance, but something else came.', node);
  const fault = faultOf(value);
  return fault === null ? value : refuse(fault, node);
}

/**
 * The scalar `DateTime`. What Graph prints goes out untouched, because its seven digits of a second are more than a Date
 * holds; what clients give is checked, and reaches Graph as it came.
 */
export const dateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  serialize: String,
  // GraphQL.js finds the variable itself.
  parseValue: (value) => parseDateTime(value, null),
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined, node),
});
