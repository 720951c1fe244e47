/** The caller did not prove who they are. The message says no more than a caller may know. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
}

/** Whether the caller is who they say cannot be told now, through no fault of theirs: to be tried again later. */
export class AuthenticationUnavailableError extends Error {
  override readonly name = 'AuthenticationUnavailableError';
}

/** The caller may not see what they asked for, or it does not exist: that is told alike, so that neither can be learned. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
}
