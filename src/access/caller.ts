/** Who is asking. */
export type Caller = UserCaller | ApplicationCaller | AnyCaller;

/** A person, who signed in to an application that asks for them. */
export interface UserCaller {
  readonly kind: 'user';
  readonly tenantId: string;
  /** The object id in Entra ID: the id under which Graph knows them too. */
  readonly objectId: string;
  readonly roles: ReadonlySet<string>;
  /** The token that they came with, to act on their behalf. */
  readonly token: string;
  /** When the token ends, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** An application that asks for itself. */
export interface ApplicationCaller {
  readonly kind: 'application';
  readonly tenantId: string;
  /** The object id of its service principal. */
  readonly objectId: string;
  readonly roles: ReadonlySet<string>;
  readonly expiresAtMs: number;
}

/** Anybody, where callers are not told apart: over the emulator, in development, or by an explicit setting. */
export interface AnyCaller {
  readonly kind: 'anybody';
}

export const ANYBODY: AnyCaller = { kind: 'anybody' };

/** What tells a caller from others, whatever token they come with; null where callers are not told apart. */
export function callerKey(
  caller: AnyCaller | Pick<UserCaller | ApplicationCaller, 'kind' | 'tenantId' | 'objectId'>,
): string | null {
  return caller.kind === 'anybody' ? null : `${caller.tenantId}/${caller.objectId}`;
}
