/** GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ */
import { HeaderMap } from '@apollo/server';
import type { ApolloServer, BaseContext, HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { isRecord } from '../../record.ts';
import { isNamedIn } from '../pages/file.ts';
import { isCrossSite } from '../protection/cross-site.ts';
import { errorBody } from '../refusal.ts';
import { allowCaching } from './cache-control.ts';
import { wantsCallback } from './callback.ts';
import type { Callbacks } from './callback.ts';
import { answerWithEvents, wantsEvents } from './events.ts';
import { jsonText } from './json-text.ts';
import type { LiveEndpoint } from './live.ts';
import { createMediaTypes } from './media-type.ts';

interface GraphQLEndpoint<Context extends BaseContext> extends LiveEndpoint<Context> {
  readonly server: ApolloServer<Context>;
  /** Finds an operation that can be executed without Apollo Server, as `KnownOperations` of src/graphql does. */
  readonly findKnown: (request: PlainRequest) => KnownOperation<Context> | null;
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

/** The members of a plain request, whose operation may be known. */
interface PlainRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface KnownOperation<Context> {
  readonly answer: (context: Context, requestId: string) => Promise<Buffer>;
}

const fields = z.record(z.string(), z.unknown());

/** The parts of a request that describe its operation. */
type RequestParts = Pick<HTTPGraphQLRequest, 'search' | 'body'>;

function partsOf({ method, url, body }: FastifyRequest): RequestParts {
  // Nearly all POST requests have no query string.
  const search = (url.includes('?') && URL.parse(url, 'http://-')?.search) || '';
  return { search: method === 'GET' ? withoutEmpty(search) : search, body };
}

/**
 * Removes parameters that count as left out: empty ones (https://graphql.github.io/graphql-over-http/draft/#sec-GET),
 * and those whose JSON is null, which Apollo Server refuses although it accepts the same in a body.
 */
function withoutEmpty(search: string): string {
  const params = new URLSearchParams(search);
  for (const name of ['extensions', 'operationName', 'variables']) params.delete(name, '');
  for (const name of ['extensions', 'variables']) params.delete(name, 'null');
  return `?${params}`;
}

/** The members that may name a document, from the body or the query string. */
function naming({ method }: FastifyRequest, { search, body }: RequestParts): unknown {
  if (method === 'POST') return body;
  const given = Object.fromEntries(new URLSearchParams(search));
  const { success, data } = jsonText.safeParse(given['extensions']);
  return { ...given, extensions: success ? data : undefined };
}

/** The same with the document itself instead of its name. */
function withDocument({ method }: FastifyRequest, { search, body }: RequestParts, query: string): RequestParts {
  if (method === 'POST') return { search, body: { ...fields.parse(body), query, extensions: {} } };
  const params = new URLSearchParams(search);
  for (const name of ['documentId', 'extensions']) params.delete(name);
  params.set('query', query);
  return { search: `?${params}`, body };
}

function toHTTPGraphQLRequest(
  request: FastifyRequest,
  parts: RequestParts,
  corsOrigins: readonly string[],
): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // Apollo Server requires this of every request without a body. Requests known not to be forged need not send it.
  if (request.method !== 'POST' && !isCrossSite(request.headers, corsOrigins))
    headers.set('apollo-require-preflight', 'true');
  headers.set('x-request-id', request.id);
  return { method: request.method, headers, ...parts };
}

/**
 * The members of a plain POST; null for any other, and for what only Apollo Server handles: malformed requests,
 * extensions, and traces for routers. A page of another origin cannot send JSON without a preflight.
 */
function plainRequestOf({ method, headers }: FastifyRequest, body: unknown): PlainRequest | null {
  if (method !== 'POST' || !isRecord(body) || headers['apollo-federation-include-trace'] === 'ftv1') return null;
  if (!headers['content-type']?.startsWith('application/json')) return null;
  const { query, operationName = null } = body;
  if (typeof query !== 'string' || (operationName !== null && typeof operationName !== 'string')) return null;
  const variables = body['variables'] ?? {};
  const extensions = body['extensions'] ?? {};
  if (!isRecord(variables) || !isRecord(extensions) || Object.keys(extensions).length > 0) return null;
  return { query, operationName, variables };
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
 * plain JSON.
 */
function refuseDocument(reply: FastifyReply, error: GraphQLFormattedError, mediaType: string): FastifyReply {
  return reply
    .code(mediaType.startsWith('application/json') ? 200 : 400)
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
      const operation = session.open(request.id, request.raw);
      reply.raw.once('close', () => operation.end());
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
    },
  });
}
