/** Instants as Graph prints and parses them. */
import { badRequest } from './graph-error.ts';

const edmDateTimeOffset = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(?:\.(\d{1,12}))?(Z|[+-]\d{2}:\d{2})$/i;

/** An instant as Graph prints it: in UTC, with seven decimals of a second, of which `ticks` are the last four. */
export function dateTime(timeMs: number, ticks = 0): string {
  return new Date(timeMs).toISOString().replace('Z', `${String(ticks).padStart(4, '0')}Z`);
}

/**
 * Parses an instant from a client into the form of `dateTime`, so that two of them compare as text. Undefined when it
 * is no Edm.DateTimeOffset (https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html).
 * A Date alone would lose the decimals after the third.
 */
export function parseDateTime(text: string): string | undefined {
  const match = edmDateTimeOffset.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, minutes = '', seconds = ':00', fraction = '', offset = ''] = match;
  const timeMs = Date.parse(`${minutes}${seconds}${offset.toUpperCase()}`);
  return Number.isNaN(timeMs)
    ? undefined
    : `${new Date(timeMs).toISOString().slice(0, 19)}.${fraction.padEnd(7, '0').slice(0, 7)}Z`;
}

/** Parses an instant as `parseDateTime` does. Throws a GraphError with status 400 when it is none. */
export function requireDateTime(name: string, text: string): string {
  const parsed = parseDateTime(text);
  if (parsed === undefined) {
    throw badRequest(`Expected '${name}' to be a date and time such as 2026-11-23T12:00:00Z, not '${text}'.`);
  }
  return parsed;
}
