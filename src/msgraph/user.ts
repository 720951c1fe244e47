/** https://learn.microsoft.com/en-us/graph/api/resources/user */
import { z } from 'zod';
import { key, readResource, text } from './resource.ts';

const user = z.object({ id: key, displayName: text, userPrincipalName: text });

export type UserResource = z.output<typeof user>;

/** Reads a user. Throws a `GraphError` that names the member whose type is wrong. */
export function readUser(value: unknown): UserResource {
  return readResource(user, 'user', value);
}
