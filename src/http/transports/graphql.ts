/** GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ */
import type { ApolloServer, BaseContext } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { isNamedIn } from '../pages/file.ts';
import type { Settle } from '../protection/overload.ts';
import type { WaitingRoom } from '../protection/waiting-room.ts';
import { errorBody } from '../refusal.ts';
import type { Session } from '../session.ts';
import { allowCaching } from './cache-control.ts';
import { wantsCallback } from './callback.ts';
import type { Callbacks } from './callback.ts';
import { answerWithEvents, wantsEvents } from './events.ts';
import { fields, naming, partsOf, plainRequestOf, toHTTPGraphQLRequest, withDocument } from './graphql-request.ts';
import type { PlainRequest, RequestParts } from './graphql-request.ts';
import type { LiveEndpoint } from './live.ts';
import { createMediaTypes } from './media-type.ts';

interface GraphQLEndpoint<Context extends BaseContext> extends LiveEndpoint<Context> {
  readonly server: ApolloServer<Context>;
  /** Finds an operation that can be executed without Apollo Server, as `KnownOperations` of src/graphql does. */
  readonly findKnown: (request: PlainRequest) => KnownOperation<Context> | null;
  readonly waitingRoom: Pick<WaitingRoom, 'enter'>;
  readonly callbacks: Callbacks;
  /** Whether there is a playground, at `/`. */
  readonly playground?: boolean;
  /** Finds the document that a request names, or why it may not run. */
  readonly find: (request: unknown) => FoundDocument;
}

/** As `FindDocument` of src/graphql has it. */
type FoundDocument =
  | { readonly kind: 'trusted'; readonly query: string }
  | { readonly kind: 'refused'; readonly error: GraphQLFormattedError }
  | { readonly kind: 'brought' };

interface KnownOperation<Context> {
  readonly answer: (context: Context, requestId: string) => Promise<Buffer>;
}

/** An admitted request. */
interface Admitted<Context> {
  readonly session: Session<Context>;
  readonly mediaType: string;
  readonly parts: RequestParts;
  readonly settle: Settle;
  /** How long it waited for its turn. */
  readonly waitedMs: number;
}

const requestErrors = z.object({
  errors: z.array(
    z.object({
      extensions: z.object({
        code: z.enum([
          'BAD_USER_INPUT',
          'GRAPHQL_PARSE_FAILED',
          'GRAPHQL_VALIDATION_FAILED',
          'OPERATION_RESOLUTION_FAILURE',
        ]),
      }),
    }),
  ),
});

/** Whether there are errors and no data. Apollo Server writes errors first, so most bodies need not be parsed. */
function hasNoData(body: string): boolean {
  return body.startsWith('{"errors":') && fields.parse(JSON.parse(body))['data'] === undefined;
}

/**
 * The status for a response. Clients that accept plain `application/json` take any status but 200 for a connection
 * failure, so document errors have 200 there. In GraphQL's media type no response without data has 200:
 * https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes
 */
function statusFor(status: number, contentType: string | undefined, body: string): number {
  if (contentType?.startsWith('application/json') === true)
    return status === 400 && requestErrors.safeParse(JSON.parse(body)).success ? 200 : status;
  return status === 200 && hasNoData(body) ? 400 : status;
}

/**
 * Refuses the document of a request like one with errors: in the media type that the client prefers, and with 200 in
 * plain JSON unless the request itself is malformed.
 */
function refuseDocument(reply: FastifyReply, error: GraphQLFormattedError, mediaType: string): FastifyReply {
  const isMalformed = error.extensions?.['code'] === 'BAD_REQUEST';
  return reply
    .code(mediaType.startsWith('application/json') && !isMalformed ? 200 : 400)
    .type(mediaType)
    .send(JSON.stringify({ errors: [error] }));
}

const ACCEPT_ONE =
  'The header "accept" must allow "application/json", "application/graphql-response+json" or "text/event-stream". Correct it or omit it.';

const NO_QUERY_IN_BROWSER =
  'The request has no "query". Send a GraphQL document in "query", or use the playground at "/".';

/** Whether a browser opens the endpoint without a query. */
function isOpenedInBrowser({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && url === '/graphql' && isNamedIn(headers.accept, 'text/html');
}

/**
 * Opens `/graphql` for POST and GET; other methods are refused. The `Accept` header chooses between the two media types
 * of the specification, and events for several results. A router may have those sent to its own address.
 */
export function registerGraphQL<Context extends BaseContext>(
  app: FastifyInstance,
  endpoint: GraphQLEndpoint<Context>,
): void {
  const mediaTypeFor = createMediaTypes();

  /** Answers a request whose turn it is. */
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    { session, mediaType, parts, settle, waitedMs }: Admitted<Context>,
  ): Promise<FastifyReply> {
    const operation = session.open(request.id, request.raw, waitedMs);
    // Not a closure, which would keep the context for as long as the reply, and that is older.
    reply.raw.once('close', operation.end);
    // The caller may have left before the operation was open.
    if (reply.raw.destroyed) operation.end();
    void reply.header('cache-control', 'no-store');
    const plain = plainRequestOf(request, parts.body);
    const known = plain && endpoint.findKnown(plain);
    if (known !== null) return reply.type(mediaType).send(await known.answer(operation.context, request.id));
    const response = await endpoint.server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toHTTPGraphQLRequest(request, parts, endpoint.corsOrigins),
      context: () => Promise.resolve(operation.context),
    });
    if (response.body.kind !== 'complete')
      throw new Error('Expected one complete response, but Apollo Server returned one in parts.');
    const { string: body } = response.body;
    if (response.status === 400) settle('unanswered');
    for (const [name, value] of response.headers) void reply.header(name, value);
    if (request.method === 'GET') {
      const untilMs = session.endsAtMs ?? Infinity;
      allowCaching(reply, body, Math.min(operation.freshForMs(), untilMs - endpoint.clock.now()));
    }
    return reply.code(statusFor(response.status ?? 200, response.headers.get('content-type'), body)).send(body);
  }

  app.route({
    method: ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    async handler(request, reply) {
      if (endpoint.playground === true && isOpenedInBrowser(request))
        return reply.code(400).send(errorBody(NO_QUERY_IN_BROWSER));
      if (wantsEvents(request.headers.accept)) return answerWithEvents(request, reply, endpoint);
      if (request.method === 'POST' && wantsCallback(request.body)) return endpoint.callbacks.answer(request, reply);
      const session = await endpoint.openSession(request.headers.authorization);
      const mediaType = mediaTypeFor(request.headers.accept);
      if (mediaType === null) return reply.code(406).send(errorBody(ACCEPT_ONE));
      // A refused document may have status 200, but does not count as answered.
      const settle = endpoint.admit(request, reply, session.caller);
      if (settle === null) return reply;
      let parts = partsOf(request);
      if (request.method === 'GET' || request.method === 'POST') {
        const found = endpoint.find(naming(request, parts));
        if (found.kind === 'refused') {
          settle('unanswered');
          return refuseDocument(reply, found.error, mediaType);
        }
        if (found.kind === 'trusted') parts = withDocument(request, parts, found.query);
      }
      const turn = await endpoint.waitingRoom.enter({
        caller: session.caller ?? request.id,
        onLeft: (callback) => reply.raw.once('close', callback),
      });
      try {
        return await answer(request, reply, { session, mediaType, parts, settle, waitedMs: turn.waitedMs });
      } finally {
        turn.end();
      }
    },
  });
}
