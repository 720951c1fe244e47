/** The arguments of connections: https://relay.dev/graphql/connections.htm */
import { InputError } from '../../msgraph/error.ts';
import type { PageArguments } from '../../recordings/list.ts';

export const DEFAULT_FIRST = 20;
export const MAX_FIRST = 100;
/**
 * A document may use one text as the cursor of thousands of lists. A real one seals a link of Graph in Base64, and a URL
 * may have 16,384 bytes: https://learn.microsoft.com/en-us/troubleshoot/developer/webapps/iis/iisadmin-service-inetinfo/httpsys-registry-windows
 */
const MAX_CURSOR_LENGTH = 24_576;

/**
 * Checks a connection's arguments and fills in the default. Throws an `InputError` when `first` is not from 1 to 100, or
 * `after` is longer than any cursor.
 */
export function pageArguments(given: {
  first?: number | null | undefined;
  after?: string | null | undefined;
}): PageArguments {
  const first = given.first ?? DEFAULT_FIRST;
  if (first < 1 || first > MAX_FIRST) {
    const advice = first < 1 ? `Omit it to get ${DEFAULT_FIRST}.` : 'Use "after" to request further pages.';
    throw new InputError(`"first" must be from 1 to ${MAX_FIRST}, but is ${first}. ${advice}`);
  }
  const after = given.after ?? null;
  if (after !== null && after.length > MAX_CURSOR_LENGTH) {
    throw new InputError(
      `A cursor has at most ${MAX_CURSOR_LENGTH} characters, but the one in "after" has ${after.length}. Use the "endCursor" of a page of the same list.`,
    );
  }
  return { first, after };
}
