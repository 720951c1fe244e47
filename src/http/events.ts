/**
 * GraphQL over Server-Sent Events, each operation over a connection of its own:
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
 */
import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AuthenticationError } from '../access/error.ts';
import type { Clock } from '../clock.ts';
import { FOREIGN, isForeign } from './foreign.ts';
import { jsonText } from './json-text.ts';
import { KEEP_ALIVE_MS, SLOW_MS } from './live.ts';
import type { LiveDoor } from './live.ts';
import { errorBody, refuseOneTooMany } from './refusal.ts';
import { beginStay } from './stay.ts';

const variables = z.record(z.string(), z.unknown()).nullish();
const extensions = z.record(z.string(), z.unknown()).nullish();
const common = { query: z.string().nullish(), documentId: z.string().nullish(), operationName: z.string().nullish() };
/** What a body asks for that wants any number of answers. */
export const asked = z.object({ ...common, variables, extensions });
/** In the query string, what is empty counts as left out: https://graphql.github.io/graphql-over-http/draft/#sec-GET */
const unlessEmpty = <Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<z.ZodOptional<Schema>> =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
const search = z.object({
  ...common,
  operationName: unlessEmpty(common.operationName),
  variables: unlessEmpty(jsonText.pipe(variables)),
  extensions: unlessEmpty(jsonText.pipe(extensions)),
});

/** Whether a request brings its document, or says in some way which it is. */
export function hasDocument({ query, documentId, extensions: rest }: z.output<typeof asked>): boolean {
  return [query, documentId, rest?.['persistedQuery']].some((part) => part !== undefined && part !== null);
}

/**
 * Whether a request wants its answers as events: it does if it takes nothing else. Clients that take everything list
 * events among the rest, and are better served with one answer.
 */
export function wantsEvents(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((item) => item.split(';', 1)[0]?.trim().toLowerCase());
  return types.includes('text/event-stream') && !types.some((type) => type?.includes('json') || type === '*/*');
}

/** A comment, which clients leave out. */
const STILL_HERE = ':\n\n';

function frame(event: 'next' | 'complete', data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}

const nobodyToWake = (): void => {};

/**
 * Creates what waits for an outcome as long as a connection may be silent, and says whether it is there. However often that
 * is, the outcome is listened to once.
 */
function createWait(outcome: Promise<unknown>, clock: Clock): () => Promise<boolean> {
  let isThere = false;
  let wake = nobodyToWake;
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

/** Who listens. */
interface Listener {
  readonly response: ServerResponse;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onCut: () => void;
}

/** Resolves when what was written has been taken, or nobody is there any more. Who takes nothing at all is cut off. */
async function taken({ response, clock, onCut }: Listener): Promise<void> {
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
 * Sends a frame. Resolves when there is room for the next: who is slow holds up nobody but themselves. Until then what
 * waits is kept once as bytes, and not as a text: Node.js would keep that beside the bytes that it makes of it, and so would this function, if it were `async`.
 */
function send(listener: Listener, text: string): Promise<void> | undefined {
  const { response } = listener;
  return response.destroyed || response.write(Buffer.from(text)) ? undefined : taken(listener);
}

/** Sends answers as they come, each when the one before has been taken, until there are no more or nobody is there. */
async function sendAnswers(answers: AsyncGenerator<object, void>, listener: Listener): Promise<void> {
  const { response, clock, signal } = listener;
  try {
    // Some browsers tell nobody of the headers before something comes after them.
    await send(listener, STILL_HERE);
    while (!response.destroyed) {
      const answer = answers.next();
      const isThere = createWait(answer, clock);
      while (!(await isThere())) await send(listener, STILL_HERE);
      const { done, value } = await answer;
      if (done === true) break;
      await send(listener, frame('next', JSON.stringify(value)));
    }
  } finally {
    // Also when the connection ends while a frame waits to be taken: nobody else would tell those who answer.
    await answers.return();
  }
  // Who is told that this is the end does not come back, and after a mere break they do.
  const isTold = !signal.aborted || signal.reason instanceof AuthenticationError;
  if (isTold) await send(listener, frame('complete', ''));
  response.end();
}

function headersOf(reply: FastifyReply): OutgoingHttpHeader[] {
  return Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}

async function* only(answer: object): AsyncGenerator<object, void> {
  yield answer;
}

const NO_DOCUMENT = 'Expected a GraphQL request with a "query", but there is none. Send one.';

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send(errorBody(message));
}

/** Answers a request that wants events. Rejects as `OpenSession` does, before anything is sent. */
export async function answerWithEvents<Context>(
  request: FastifyRequest,
  reply: FastifyReply,
  door: LiveDoor<Context>,
): Promise<FastifyReply> {
  if (request.method !== 'GET' && request.method !== 'POST') {
    void reply.header('allow', 'GET, POST');
    return refuse(reply, 405, 'Events are asked for with GET or POST.');
  }
  if (request.method === 'GET' && isForeign(request.headers, door.corsOrigins)) {
    return refuse(reply, 403, FOREIGN);
  }
  const parsed = request.method === 'POST' ? asked.safeParse(request.body) : search.safeParse(request.query);
  if (parsed.success && !hasDocument(parsed.data)) return refuse(reply, 400, NO_DOCUMENT);
  if (!parsed.success) {
    const faults = z.prettifyError(parsed.error).replaceAll('\n', ' ');
    return refuse(reply, 400, `Expected a GraphQL request with a "query", but: ${faults}. Send one.`);
  }
  const session = await door.openSession(request.headers.authorization);
  const settle = door.admit(request, reply, session.caller);
  if (settle === null) return reply;
  const place = door.places.take(session.caller);
  if (typeof place === 'string') return refuseOneTooMany(reply, place);
  const stay = beginStay(session, door);
  stay.signal.addEventListener('abort', place.release);
  reply.raw.once('close', stay.leave);
  if (reply.raw.destroyed) stay.leave();
  const operation = door.prepare(parsed.data);
  void reply.headers({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Nothing else is asked over it afterwards, and an idle connection would hold up the end of the process.
    connection: 'close',
    // For the proxies that would hold events back: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
    'x-accel-buffering': 'no',
  });
  // Written by our own code: what the framework sends streams with takes more memory than all the rest of who listens.
  reply.hijack();
  reply.raw.writeHead(200, headersOf(reply));
  const { id: requestId, raw, log } = request;
  if (operation.errors !== null) settle('unanswered');
  const answers =
    operation.errors === null
      ? operation.answers({
          requestId,
          door: 'sse',
          signal: stay.signal,
          onSettled: settle,
          open: () => session.open(requestId, raw),
        })
      : only({ errors: operation.errors });
  // It is needed no more, and would be kept as long as somebody listens.
  request.body = undefined;
  const onCut = (): void => door.onCut?.('sse');
  sendAnswers(answers, { response: reply.raw, clock: door.clock, signal: stay.signal, onCut }).catch(
    (error: unknown) => {
      log.error({ requestId, error }, 'unforeseen error');
      reply.raw.destroy();
    },
  );
  return reply;
}
