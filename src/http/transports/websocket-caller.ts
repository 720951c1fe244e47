/** The caller of a WebSocket connection: its authorization, and how it is refused. */
import type { IncomingMessage } from 'node:http';
import { CloseCode } from 'graphql-ws';
import { z } from 'zod';
import { AccessError, AuthenticationError, AuthenticationUnavailableError } from '../../access/error.ts';
import { INTERNAL_ERROR } from '../../internal-error.ts';
import { TRY_AGAIN_LATER } from './websocket-limits.ts';

/** Whether graphql-ws has refused a message of a type that only servers send, which it reports by an error alone. */
function isOfServers(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}

/** What the log says of an error that closes a connection; null if it only refuses the caller or a message. */
export function faultOf(error: unknown): string | null {
  if (error instanceof AuthenticationUnavailableError) return 'callers cannot be authenticated';
  const isRefusal = error instanceof AccessError || error instanceof AuthenticationError || isOfServers(error);
  return isRefusal ? null : 'unexpected error';
}

/** The code and the reason with which to close on an error. Anyone may read the reason. */
export function closeOn(error: unknown): [code: number, reason: string] {
  if (error instanceof AuthenticationError) return [CloseCode.Unauthorized, error.message];
  if (error instanceof AccessError) return [CloseCode.Forbidden, 'This caller has no access to this gateway.'];
  if (error instanceof AuthenticationUnavailableError) return [TRY_AGAIN_LATER, error.message];
  // As graphql-ws refuses other invalid messages.
  if (isOfServers(error)) return [CloseCode.BadRequest, 'Invalid message received'];
  return [CloseCode.InternalServerError, INTERNAL_ERROR];
}

// Clients use the name of the header. Apollo Router puts what it forwards one level deeper:
// https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/configuration
const params = z.object({ authorization: z.string().optional(), Authorization: z.string().optional() });
const connectionParams = params.extend({ connectionParams: params.optional(), headers: params.optional() });

/** The value for `Authorization`: from the parameters of the connection, or the header of its request. */
export function authorizationOf(given: unknown, { headers }: IncomingMessage): string | undefined {
  const { data } = connectionParams.safeParse(given ?? {});
  const inParams = [data, data?.connectionParams, data?.headers]
    .map((level) => level?.authorization ?? level?.Authorization)
    .find((value) => value !== undefined);
  return inParams ?? headers.authorization;
}
