import { LogController, fastify } from 'fastify';
import type { FastifyBaseLogger, FastifyError, FastifyInstance } from 'fastify';

/** 256 KiB: more than any document within the limits, with its variables, needs. */
const MAX_BODY_BYTES = 256 * 1_024;
/** A request whose headers or body take longer to arrive is cut. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** The caller's own id for the request, where it can be passed on to Graph as it is; else a new one. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID();
}

/**
 * Creates the HTTP server without its doors: bounded in size and time, with a request id on every response and a line in
 * the log for each, and with errors in the form that GraphQL clients read.
 */
export function createApp(log: FastifyBaseLogger): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    forceCloseConnections: 'idle',
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
  });
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const [path] = request.url.split('?', 1);
    const durationMs = Math.round(reply.elapsedTime);
    log.info({ requestId: request.id, method: request.method, path, status: reply.statusCode, durationMs }, 'answered');
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ requestId: request.id, error }, 'failed');
    const message =
      status >= 500 ? 'Something went wrong in the gateway itself. Its log has the reason.' : error.message;
    const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
    return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
  });
  return app;
}
