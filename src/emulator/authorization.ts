/** Checks whether a caller may do what it requests, and refuses in Graph's words. */
import type { Caller } from './caller.ts';
import { GraphError, badRequest, notFound } from './graph-error.ts';
import type { GraphCall } from './http/exchange.ts';
import type { Settings } from './settings.ts';
import type { Meeting, Tenant, User } from './tenant/tenant.ts';

/** The permissions of which one must be granted; an empty list where that kind of token is never accepted. */
export interface Requirement {
  readonly delegated: readonly string[];
  readonly application: readonly string[];
}

/** Returns when the caller's token has one of the permissions; throws a GraphError with status 403 otherwise. */
export function requirePermission(caller: Caller, requirement: Requirement): void {
  const enough = requirement[caller.kind];
  const { permissions } = caller;
  if (permissions === 'every' || enough.some((permission) => permissions.includes(permission))) {
    return;
  }
  const [kind, claim] = caller.kind === 'application' ? ['role', 'Roles'] : ['scope', 'Scopes'];
  throw forbidden(
    enough.length === 0
      ? `This API does not accept ${caller.kind} tokens.`
      : `Missing ${kind} permissions on the request. API requires one of '${enough.join(', ')}'. ${claim} on the request '${permissions.join(', ')}'.`,
  );
}

/**
 * The user in the path of a call. Throws a GraphError when there is no such user, when an application requests `/me`,
 * and when the application has no access policy for the user
 * (https://learn.microsoft.com/en-us/graph/cloud-communication-online-meeting-application-access-policy).
 */
export function pathUser(call: GraphCall, tenant: Tenant, settings: Settings): User {
  const { caller, path } = call;
  const id = path.shape.startsWith('me') ? signedInUserId(caller) : (path.keys[0] ?? '');
  const user = tenant.user(id);
  if (user === undefined) {
    throw notFound(`User '${id}' does not exist. These paths take object ids.`);
  }
  const without = settings.usersWithoutAccessPolicy.map((userId) => userId.toLowerCase());
  if (caller.kind === 'application' && without.includes(user.id.toLowerCase())) {
    throw forbidden(`No application access policy found for this app ${caller.appId} on the user ${user.id}`);
  }
  return user;
}

/** The user for whom `/me` stands; throws a GraphError with status 400 when the caller is an application. */
export function signedInUserId(caller: Caller): string {
  if (caller.kind === 'application') {
    throw badRequest('/me request is only valid with delegated authentication flow.');
  }
  return caller.userId;
}

/**
 * Returns when the user in the path and, with a delegated token, the signed-in user both organize the meeting or are
 * invited to it; throws a GraphError with status 403 otherwise.
 * https://learn.microsoft.com/en-us/graph/api/onlinemeeting-get
 */
export function requireInvitation(caller: Caller, user: User, meeting: Meeting): void {
  const invited = [meeting.organizerId, ...meeting.attendeeIds].map((id) => id.toLowerCase());
  const asking = caller.kind === 'delegated' ? [user.id, caller.userId] : [user.id];
  if (!asking.every((id) => invited.includes(id.toLowerCase()))) {
    throw lookupDenied();
  }
}

/** Like `requireInvitation`, but for the organizer only. */
export function requireOrganizer(caller: Caller, user: User, meeting: Meeting): void {
  requireInvitation(caller, user, { ...meeting, attendeeIds: [] });
}

/** The error of the Teams service for a meeting that exists, but that this user may not see. */
function lookupDenied(): GraphError {
  return forbidden('3003: User does not have access to lookup meeting');
}

function forbidden(message: string): GraphError {
  return new GraphError(403, 'Forbidden', message);
}
