/** The errors of access: not authenticated, cannot be authenticated at present, not allowed. */

/** The caller did not prove their identity. The message contains nothing that a caller may not know. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
}

/** The caller cannot be authenticated at present, through no fault of theirs; a later attempt may succeed. */
export class AuthenticationUnavailableError extends Error {
  override readonly name = 'AuthenticationUnavailableError';
}

/** The caller may not see what they asked for, or it does not exist. Callers cannot learn which. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
}
