/** The caller of an operation. */
export type Caller = UserCaller | ApplicationCaller | AnyCaller;

/** A person who signed in to an application that calls on their behalf. */
export interface UserCaller {
  readonly kind: 'user';
  readonly tenantId: string;
  /** The object id in Entra ID, which is also the user's id in Graph. */
  readonly objectId: string;
  readonly roles: ReadonlySet<string>;
  /** The access token of the request, to act on the user's behalf. */
  readonly token: string;
  /** When the token expires, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** An application that calls on its own behalf. */
export interface ApplicationCaller {
  readonly kind: 'application';
  readonly tenantId: string;
  /** The object id of its service principal. */
  readonly objectId: string;
  readonly roles: ReadonlySet<string>;
  readonly expiresAtMs: number;
}

/** Any caller, where callers are not authenticated: over the emulator, in development, or by an explicit setting. */
export interface AnyCaller {
  readonly kind: 'anybody';
}

export const ANYBODY: AnyCaller = { kind: 'anybody' };

/** A key that identifies a caller independently of the token; null where callers are not authenticated. */
export function callerKey(
  caller: AnyCaller | Pick<UserCaller | ApplicationCaller, 'kind' | 'tenantId' | 'objectId'>,
): string | null {
  return caller.kind === 'anybody' ? null : `${caller.tenantId}/${caller.objectId}`;
}
