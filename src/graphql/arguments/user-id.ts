/** The id of a user, which the response repeats without a request to Graph. */
import { InputError } from '../../msgraph/error.ts';

/** An object id has 36 characters, and an email address at most 254. */
const MAX_LENGTH = 256;

/**
 * Checks the id of a user: a document may use one text for thousands of users. Throws an `InputError` when it is longer
 * than any.
 */
export function userId(id: string): string {
  if (id.length <= MAX_LENGTH) return id;
  throw new InputError(
    `The id of a user has at most ${MAX_LENGTH} characters, but the given one has ${id.length}. Use the object id of the user.`,
  );
}
