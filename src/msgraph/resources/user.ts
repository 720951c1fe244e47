/** The reader of the user properties that are needed: https://learn.microsoft.com/en-us/graph/api/resources/user */
import { entity, key, readResource, text } from './resource.ts';
import type { Of } from './resource.ts';

export const user = entity({ id: key, displayName: text, userPrincipalName: text });

export type UserResource = Of<typeof user>;

/** Reads a user. Throws a `GraphError` that names the member whose type is wrong. */
export function readUser(value: unknown): UserResource {
  return readResource(user, 'user', value);
}
