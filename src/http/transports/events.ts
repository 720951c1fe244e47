/**
 * GraphQL over Server-Sent Events, each operation over a connection of its own:
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
 */
import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AuthenticationError } from '../../access/error.ts';
import type { Clock } from '../../clock.ts';
import { CROSS_SITE, isCrossSite } from '../protection/cross-site.ts';
import { errorBody, refuseOneTooMany } from '../refusal.ts';
import { jsonText } from './json-text.ts';
import { KEEP_ALIVE_MS, SLOW_MS } from './live.ts';
import type { LiveEndpoint } from './live.ts';
import { beginStream } from './stream-lifetime.ts';

const variables = z.record(z.string(), z.unknown()).nullish();
const extensions = z.record(z.string(), z.unknown()).nullish();
const common = { query: z.string().nullish(), documentId: z.string().nullish(), operationName: z.string().nullish() };
/** The body of a request for any number of results. */
export const requestBody = z.object({ ...common, variables, extensions });
/** In the query string, empty values count as left out: https://graphql.github.io/graphql-over-http/draft/#sec-GET */
const unlessEmpty = <Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<z.ZodOptional<Schema>> =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
const search = z.object({
  ...common,
  operationName: unlessEmpty(common.operationName),
  variables: unlessEmpty(jsonText.pipe(variables)),
  extensions: unlessEmpty(jsonText.pipe(extensions)),
});

/** Whether a request contains its document, or names it in some way. */
export function hasDocument({ query, documentId, extensions: rest }: z.output<typeof requestBody>): boolean {
  return [query === '' ? null : query, documentId, rest?.['persistedQuery']].some((part) => (part ?? null) !== null);
}

/** An item of `Accept` with the weight 0, which excludes it: https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2 */
const EXCLUDED = /;\s*q=0(\.0{0,3})?\s*(;|$)/i;

/**
 * Whether a request wants events: it does if it accepts nothing else. Clients that accept everything list events too,
 * and are better served with one response.
 */
export function wantsEvents(accept: string | undefined): boolean {
  const accepted = (accept ?? '').split(',').filter((item) => !EXCLUDED.test(item));
  const types = accepted.map((item) => item.split(';', 1)[0]?.trim().toLowerCase());
  return types.includes('text/event-stream') && !types.some((type) => type?.includes('json') || type === '*/*');
}

/** A comment, which clients ignore. */
const KEEP_ALIVE = ':\n\n';

function frame(event: 'next' | 'complete', data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}

const nothingToWake = (): void => {};

/**
 * Creates a function that waits for an outcome as long as a connection may be silent, and returns whether it has
 * arrived. However often it is called, the outcome has one listener.
 */
function createWait(outcome: Promise<unknown>, clock: Clock): () => Promise<boolean> {
  let isThere = false;
  let wake = nothingToWake;
  const arrive = (): void => {
    isThere = true;
    wake();
  };
  outcome.then(arrive, arrive);
  return async () => {
    if (isThere) return true;
    const pause = Promise.withResolvers<void>();
    wake = pause.resolve;
    const cancel = clock.after(KEEP_ALIVE_MS, wake);
    await pause.promise;
    cancel();
    return isThere;
  };
}

/** A subscriber. */
interface Subscriber {
  readonly response: ServerResponse;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onCut: () => void;
}

/** Resolves when the client has read what was written, or has disconnected. Cuts off a client that reads nothing. */
async function untilRead({ response, clock, onCut }: Subscriber): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(SLOW_MS, () => {
    onCut();
    response.destroy();
  });
  response.once('drain', resolve);
  response.once('close', resolve);
  await promise;
  cancel();
  response.off('drain', resolve);
  response.off('close', resolve);
}

/**
 * Sends a frame. Resolves when there is room for the next: a slow client delays only itself. Until then the frame is
 * kept once as bytes, not as a string: Node.js would keep that in addition to the bytes, and so would this function if
 * it were `async`.
 */
function send(subscriber: Subscriber, text: string): Promise<void> | undefined {
  const { response } = subscriber;
  return response.destroyed || response.write(Buffer.from(text)) ? undefined : untilRead(subscriber);
}

/**
 * Sends results as they come, each when the previous one has been read, until there are no more or the client has
 * disconnected.
 */
async function sendResults(answers: AsyncGenerator<object, void>, subscriber: Subscriber): Promise<void> {
  const { response, clock, signal } = subscriber;
  try {
    // Some browsers do not report the headers until something follows them.
    await send(subscriber, KEEP_ALIVE);
    while (!response.destroyed) {
      const answer = answers.next();
      const isThere = createWait(answer, clock);
      while (!(await isThere())) await send(subscriber, KEEP_ALIVE);
      const { done, value } = await answer;
      if (done === true) break;
      await send(subscriber, frame('next', JSON.stringify(value)));
    }
  } finally {
    // Also when the connection ends while a frame waits: nothing else would end the results.
    await answers.return();
  }
  // A client that receives `complete` does not reconnect, and after a mere disconnect it does.
  const isComplete = !signal.aborted || signal.reason instanceof AuthenticationError;
  if (isComplete) await send(subscriber, frame('complete', ''));
  response.end();
}

function headersOf(reply: FastifyReply): OutgoingHttpHeader[] {
  return Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}

async function* only(answer: object): AsyncGenerator<object, void> {
  yield answer;
}

const NO_DOCUMENT = 'The request has no "query". Send a GraphQL document in "query".';

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send(errorBody(message));
}

/** Answers a request for events. Rejects as `OpenSession` does, before anything is sent. */
export async function answerWithEvents<Context>(
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: LiveEndpoint<Context>,
): Promise<FastifyReply> {
  if (request.method !== 'GET' && request.method !== 'POST') {
    void reply.header('allow', 'GET, POST');
    return refuse(reply, 405, 'Server-Sent Events are available only with GET and POST. Use one of these methods.');
  }
  if (request.method === 'GET' && isCrossSite(request.headers, endpoint.corsOrigins)) {
    return refuse(reply, 403, CROSS_SITE);
  }
  const parsed = request.method === 'POST' ? requestBody.safeParse(request.body) : search.safeParse(request.query);
  if (parsed.success && !hasDocument(parsed.data)) return refuse(reply, 400, NO_DOCUMENT);
  if (!parsed.success) {
    const faults = z.prettifyError(parsed.error).replaceAll('\n', ' ');
    return refuse(reply, 400, `The GraphQL request is invalid: ${faults}. Correct it.`);
  }
  const session = await endpoint.openSession(request.headers.authorization);
  const settle = endpoint.admit(request, reply, session.caller);
  if (settle === null) return reply;
  const slot = endpoint.slots.take(session.caller);
  if (typeof slot === 'string') return refuseOneTooMany(reply, slot);
  const lifetime = beginStream(session, endpoint);
  lifetime.signal.addEventListener('abort', slot.release);
  reply.raw.once('close', lifetime.leave);
  if (reply.raw.destroyed) lifetime.leave();
  const operation = endpoint.prepare(parsed.data);
  void reply.headers({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // No request follows on this connection, and an idle one would delay the end of the process.
    connection: 'close',
    // For proxies that would buffer events: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
    'x-accel-buffering': 'no',
  });
  // Written directly: the framework's streaming takes more memory than all the rest of a subscriber.
  reply.hijack();
  reply.raw.writeHead(200, headersOf(reply));
  const { id: requestId, raw, log } = request;
  if (operation.errors !== null) settle('unanswered');
  const answers =
    operation.errors === null
      ? operation.answers({
          requestId,
          transport: 'sse',
          signal: lifetime.signal,
          onSettled: settle,
          open: () => session.open(requestId, raw),
        })
      : only({ errors: operation.errors });
  // No longer needed, and would be kept as long as the stream.
  request.body = undefined;
  const onCut = (): void => endpoint.onCut?.('sse');
  sendResults(answers, { response: reply.raw, clock: endpoint.clock, signal: lifetime.signal, onCut }).catch(
    (error: unknown) => {
      log.error({ requestId, error }, 'unexpected error');
      reply.raw.destroy();
    },
  );
  return reply;
}
