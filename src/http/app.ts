/** The HTTP server without its endpoints: limits, request ids, the log and errors. */
import { LogController, fastify } from 'fastify';
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { AccessError, AuthenticationError, AuthenticationUnavailableError } from '../access/error.ts';
import type { Clock } from '../clock.ts';
import { INTERNAL_ERROR_OF_RESPONSE } from '../internal-error.ts';
import { withoutTokens } from '../token-like.ts';
import { observeRequest, sentStatus } from './observation.ts';
import type { RequestObserver } from './observation.ts';
import { refuseBrokenRequest } from './protection/broken-request.ts';
import { TOO_MANY_OBJECTS, hasTooManyObjects } from './protection/json-objects.ts';
import { errorBody } from './refusal.ts';
import { securityHeaders } from './protection/security-headers.ts';
import { requestIdOf } from './request-id.ts';

/** 256 KiB: more than any document within the limits, with its variables, needs. */
export const MAX_BODY_BYTES = 256 * 1_024;

/** How long a connection may keep the server waiting, in milliseconds. */
export interface Patience {
  /** For the headers of a request, and for the whole request. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How often connections are checked. Node checks every half minute, and cuts that much later. */
  readonly checkMs: number;
  /** For the client to read any of a response. */
  readonly readMs: number;
}

/** Slow headers are cut off within 10 seconds, slow bodies within 15. */
export const PATIENCE: Patience = { headersMs: 9_000, requestMs: 14_000, checkMs: 500, readMs: 30_000 };

/**
 * For the client to read a whole response, in milliseconds: a client that reads a few bytes now and then could keep it
 * in memory indefinitely. The largest responses, some megabytes, arrive in time over 1 Mbit/s.
 */
const READ_WHOLE_MS = 120_000;

const RETRY_AUTHENTICATION_AFTER_SECONDS = 5;

/** Machines request these every few seconds. Logged at `info`, their successes would fill the log. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/** What is wrong with a request that fastify refuses: https://fastify.dev/docs/latest/Reference/Errors/#codes */
const REFUSALS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The percent-encoding of the path is malformed. Correct the URL. GraphQL is served at /graphql.',
  FST_ERR_CTP_BODY_TOO_LARGE: `The request body exceeds the limit of ${MAX_BODY_BYTES} bytes. Send a smaller request.`,
  FST_ERR_CTP_EMPTY_JSON_BODY:
    'The header "content-type" declares JSON, but the request has no body. Send a JSON body.',
  FST_ERR_CTP_INVALID_JSON_BODY:
    'The header "content-type" declares JSON, but the request body is not valid JSON. Correct the body or the header.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'The request body must be JSON, but the header "content-type" declares another type or is missing. Send JSON with the header "content-type: application/json".',
};

/** "Not JSON" would be no help to a client that has compressed its body. */
const COMPRESSED =
  'The header "content-encoding" declares a compressed body, but the gateway does not accept compressed requests. Send the JSON uncompressed, without this header.';

/**
 * The path of an unknown URL, in a form that may be logged: a client may have put a token into it, or used a link to
 * content with another method.
 */
function unknownPath(url: string): string {
  const path = URL.parse(url, 'http://-')?.pathname ?? '';
  return withoutTokens(path).replaceAll(/[^/]{60,}/g, '(long segment omitted)');
}

interface AppOptions {
  /** Whether clients reach it over HTTPS only. */
  readonly isHttps?: boolean;
  readonly patience?: Patience;
  /** Observes every request. */
  readonly observer?: RequestObserver | undefined;
}

/**
 * Creates the HTTP server without its endpoints. Sizes and times are bounded, every response has a request id and a
 * line in the log, and errors have the form that GraphQL clients read.
 */
export function createApp(
  log: FastifyBaseLogger,
  clock: Clock,
  { isHttps = false, patience = PATIENCE, observer }: AppOptions = {},
): FastifyInstance {
  const always = securityHeaders(isHttps);

  function refuse(
    error: FastifyError | AccessError | AuthenticationError | AuthenticationUnavailableError,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply {
    if (error instanceof AuthenticationError) {
      // A caller that has sent no token is told of no error: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
      const hasToken = /^Bearer /i.test(request.headers.authorization ?? '');
      const challenge = hasToken ? 'Bearer error="invalid_token"' : 'Bearer';
      void reply.header('www-authenticate', challenge);
      return reply.code(401).send(errorBody(error.message, { code: 'UNAUTHENTICATED' }));
    }
    if (error instanceof AccessError) return reply.code(403).send(errorBody(error.message, { code: 'FORBIDDEN' }));
    if (error instanceof AuthenticationUnavailableError) {
      log.error({ requestId: request.id, error }, 'callers cannot be authenticated');
      const retryAfter = RETRY_AUTHENTICATION_AFTER_SECONDS;
      void reply.header('retry-after', retryAfter);
      return reply.code(503).send(errorBody(error.message, { code: 'UPSTREAM_UNAVAILABLE', retryAfter }));
    }
    const status = error.statusCode ?? 500;
    if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' && request.headers['content-encoding'] !== undefined)
      return reply.code(415).send(errorBody(COMPRESSED));
    if (status < 500) return reply.code(status).send(errorBody(REFUSALS[error.code] ?? error.message));
    log.error({ requestId: request.id, error }, 'unexpected error');
    return reply.code(status).send(errorBody(INTERNAL_ERROR_OF_RESPONSE, { code: 'INTERNAL_SERVER_ERROR' }));
  }

  function logEnd(request: FastifyRequest, reply: FastifyReply): void {
    const path = request.routeOptions.url ?? unknownPath(request.url);
    const durationMs = Math.round(reply.elapsedTime);
    const isQuiet = PROBES.has(path) && reply.statusCode < 400;
    const line = { requestId: request.id, method: request.method, path, status: sentStatus(reply), durationMs };
    const end = reply.raw.writableFinished ? 'request completed' : 'connection ended before the end of the response';
    log[isQuiet ? 'debug' : 'info'](line, end);
  }

  function begin(request: FastifyRequest, reply: FastifyReply): void {
    void reply.headers({ ...always, 'x-request-id': request.id });
    // The hook "onResponse" does not run when the caller leaves.
    reply.raw.once('close', () => logEnd(request, reply));
    if (observer !== undefined) observeRequest(request, reply, observer);
  }

  const app = fastify({
    // Only warnings and errors of the framework. The code that starts the server logs that it listens.
    loggerInstance: log.child({}, { level: 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: patience.requestMs,
    http: {
      headersTimeout: patience.headersMs,
      connectionsCheckingInterval: patience.checkMs,
      // Some clients, curl for instance, only offer another protocol, and mean the request itself.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    },
    clientErrorHandler: (error, socket) => refuseBrokenRequest(error, socket, always),
    forceCloseConnections: 'idle',
    // A request over an accepted connection is answered, even during shutdown.
    return503OnClosing: false,
    // No hook runs for these.
    frameworkErrors(error, request, reply) {
      begin(request, reply);
      void refuse(error, request, reply);
    },
    genReqId: requestIdOf,
  });
  // No endpoint accepts plain text.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (!hasTooManyObjects(body)) return void parseJson(request, body, done);
    return done(Object.assign(new Error(TOO_MANY_OBJECTS), { statusCode: 400 }));
  });
  app.addHook('onRequest', async (request, reply) => begin(request, reply));
  app.addHook('onSend', async ({ raw: { socket } }, reply, payload) => {
    // A whole response waits in memory until the client has read it. Streams have their own limits.
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return;
    socket.setTimeout(patience.readMs);
    reply.raw.once(
      'close',
      clock.after(READ_WHOLE_MS, () => socket.destroy()),
    );
  });
  app.setErrorHandler(refuse);
  app.setNotFoundHandler((request, reply) => {
    const message = `This path does not exist or does not support ${request.method}. GraphQL is served at /graphql.`;
    return reply.code(404).send(errorBody(message));
  });
  return app;
}
