/** The video endpoint, `/content/…`: streams from Graph as fast as the viewer reads. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerKey } from '../../access/caller.ts';
import type { LinkedCaller } from '../../access/linked-caller.ts';
import { nothingToCancel } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { ByteRange, OpenedContent } from '../../msgraph/content/content.ts';
import type { CallRecordingAddress } from '../../recordings/call-recording.ts';
import { ContentLinkError } from '../../recordings/content-link.ts';
import { sentStatus } from '../observation.ts';
import { createSlots } from '../protection/slots.ts';
import type { SlotLimits, SlotWords } from '../protection/slots.ts';
import { errorBody, refuseOneTooMany } from '../refusal.ts';
import { answerContent } from './content-answer.ts';
import { contentDisposition } from './file-name.ts';
import { createStreamedMemory } from './streamed-memory.ts';

/** A link's content. */
export interface LinkedContent {
  readonly address: CallRecordingAddress;
  readonly createdDateTime: string | null;
  /** The caller the link is for. */
  readonly caller: LinkedCaller;
  /** The subject of the meeting; null if unknown. */
  subject(): Promise<string | null>;
  /** Opens the content for that caller. Rejects as `ContentClient.open` does; `signal` aborts it. */
  open(range: ByteRange | null, signal: AbortSignal): Promise<OpenedContent>;
  /**
   * Limits the time until Graph sends bytes, however many requests to it that takes. When it has passed, rejects with
   * the error of an operation that took too long.
   */
  inTime<Outcome>(outcome: Promise<Outcome>): Promise<Outcome>;
}

export interface ContentEndpoint {
  /**
   * Opens a link for a request, before Graph is called. Rejects with a `ContentLinkError` when the link is invalid or
   * expired, an `AccessError` when its caller may not see the content, and a `StoreError` when that caller's stored
   * token cannot be read now.
   */
  readonly openLink: (sealed: string, request: IncomingMessage, requestId: string) => Promise<LinkedContent>;
  /** Formats an error for clients, with the message and code of every endpoint. */
  readonly describe: (error: unknown) => {
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
  readonly limits: SlotLimits;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'error'>;
  readonly clock: Clock;
  /** Notified of each stream that begins or ends, of bytes sent, and of requests refused for lack of a slot. */
  readonly observer?:
    | {
        readonly onStreams: (change: 1 | -1) => void;
        readonly onSent: (bytes: number) => void;
        readonly onRefused: () => void;
      }
    | undefined;
}

/**
 * The time between two checks. A viewer that reads nothing in between, the few MiB of buffers being full, is cut off
 * and its slot freed. A paused player returns with a range.
 */
const STALLED_MS = 300_000;

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  THROTTLED: 429,
  // There is no sign-in here: a caller without access needs a new link.
  UNAUTHENTICATED: 403,
  UPSTREAM_ERROR: 502,
  UPSTREAM_TIMEOUT: 504,
  UPSTREAM_UNAVAILABLE: 503,
};

const STREAMING: SlotWords = { open: 'recordings streaming', are: 'recordings can stream' };

const params = z.object({ '*': z.string() });

function refuse(
  reply: FastifyReply,
  error: unknown,
  { describe, log }: ContentEndpoint,
  requestId: string,
): FastifyReply {
  if (error instanceof ContentLinkError) {
    const extensions = { code: 'FORBIDDEN', reason: error.fault };
    return reply.code(403).send(errorBody(error.message, extensions));
  }
  const described = describe(error);
  const status = STATUS_OF_CODE[String(described.extensions?.['code'])] ?? 500;
  if (status === 500) log.error({ requestId, error }, 'unexpected error');
  const retryAfter = described.extensions?.['retryAfter'];
  if (typeof retryAfter === 'number') void reply.header('retry-after', retryAfter);
  return reply.code(status).send({ errors: [described] });
}

/** Calls back when no bytes were taken between two checks. The returned function ends the watch. */
function watchStalls(progress: () => number, clock: Clock, onStalled: () => void): () => void {
  let seen = progress();
  let cancel = clock.after(STALLED_MS, look);
  function look(): void {
    const now = progress();
    if (now === seen) onStalled();
    else {
      seen = now;
      cancel = clock.after(STALLED_MS, look);
    }
  }
  return () => cancel();
}

/**
 * Opens `/content/…` for GET and HEAD: to clients with a link made here, whole or in ranges, as fast as they read and
 * Graph sends. When a client leaves, Graph's stream is closed at once. A failure half-way cuts the connection.
 */
export function registerContent(app: FastifyInstance, endpoint: ContentEndpoint): void {
  const slots = createSlots(endpoint.limits, STREAMING);
  const forget = createStreamedMemory();

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const link = await endpoint.openLink(params.parse(request.params)['*'], request.raw, request.id);
    const { address, caller, createdDateTime } = link;
    const slot = slots.take(callerKey(caller));
    if (typeof slot === 'string') {
      endpoint.observer?.onRefused();
      return refuseOneTooMany(reply, slot);
    }
    endpoint.observer?.onStreams(1);
    const gone = new AbortController();
    let readBytes = 0;
    let endWatch = nothingToCancel;
    const end = (): void => {
      endWatch();
      slot.release();
      if (!gone.signal.aborted) endpoint.observer?.onStreams(-1);
      gone.abort(new Error('The client has disconnected.'));
      endpoint.log.info(
        {
          requestId: request.id,
          caller: callerKey(caller),
          ...address,
          method: request.method,
          status: sentStatus(reply),
          // Sent towards the viewer. If it leaves, not all of that arrives.
          readBytes,
        },
        readBytes === 0 ? 'content requested' : 'content streamed',
      );
    };
    reply.raw.once('close', end);
    // It may already be closed.
    if (reply.raw.destroyed) end();
    async function answered() {
      const [subject, content] = await Promise.all([
        link.subject(),
        answerContent({
          method: request.method,
          range: request.headers.range,
          ifNoneMatch: request.headers['if-none-match'],
          ifRange: request.headers['if-range']?.toString(),
          recording: address.id,
          signal: gone.signal,
          open: (range) => link.open(range, gone.signal),
        }),
      ]);
      return { ...content, subject, early: content.skips ? null : await content.bytes?.next() };
    }
    // A failure before the first byte can still be answered with a status.
    const { subject, status, headers, bytes, early } = await link.inTime(answered());
    // Skipping takes any time: Graph has begun to respond, and its stream has a time limit for each chunk.
    const first = early ?? (await bytes?.next());
    gone.signal.throwIfAborted();
    void reply.code(status).headers({
      ...headers,
      'content-disposition': contentDisposition(subject, createdDateTime),
    });
    if (bytes === null || first?.done !== false) return reply.send();
    function counted(piece: Buffer): Buffer {
      readBytes += piece.length;
      forget(piece.length);
      endpoint.observer?.onSent(piece.length);
      return piece;
    }
    async function* pieces(begin: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
      yield counted(begin);
      for await (const piece of rest) yield counted(piece);
    }
    endWatch = watchStalls(
      () => readBytes,
      endpoint.clock,
      () => reply.raw.destroy(),
    );
    return reply.send(Readable.from(pieces(first.value, bytes), { objectMode: false }));
  }

  app.route({
    method: ['GET', 'HEAD'],
    url: '/content/*',
    async handler(request, reply) {
      void reply.headers({
        // Link and content are for one caller.
        'cache-control': 'private, no-store, no-transform',
        // A link opened as a page shows the browser's player, which requests the link again.
        'content-security-policy':
          "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        // Any page that has the link may show it, whatever its origin.
        'cross-origin-resource-policy': 'cross-origin',
      });
      try {
        return await answer(request, reply);
      } catch (error) {
        // The client has left.
        if (reply.raw.destroyed) return reply;
        return refuse(reply, error, endpoint, request.id);
      }
    },
  });
}
