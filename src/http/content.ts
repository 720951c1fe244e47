/** The video itself: `/content/…`, streamed from Graph as the viewer takes it. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerKey } from '../access/caller.ts';
import type { LinkedCaller } from '../access/linked-caller.ts';
import type { ByteRange, OpenedContent } from '../msgraph/content.ts';
import type { CallRecordingAddress } from '../recordings/call-recording.ts';
import { ContentLinkError } from '../recordings/content-link.ts';
import { nothingToCancel } from './clock.ts';
import type { Clock } from './clock.ts';
import { answerContent } from './content-answer.ts';
import { contentDisposition } from './file-name.ts';
import { createPlaces } from './places.ts';
import type { PlaceLimits, PlaceWords } from './places.ts';
import { errorBody, refuseOneTooMany } from './refusal.ts';
import { createStreamedMemory } from './streamed-memory.ts';

/** What a link leads to. */
export interface LinkedContent {
  readonly address: CallRecordingAddress;
  readonly createdDateTime: string | null;
  /** For whom the link was made. */
  readonly caller: LinkedCaller;
  /** The subject of the meeting; null where it is not known. */
  subject(): Promise<string | null>;
  /** Opens the content as that caller may. Rejects as `ContentClient.open` does; `signal` aborts it. */
  open(range: ByteRange | null, signal: AbortSignal): Promise<OpenedContent>;
  /**
   * The outcome of all that has to happen before the first byte is there, however often Graph is asked for it. Rejects with
   * what stands for an operation that took too long, when it does not come in that time.
   */
  inTime<Outcome>(outcome: Promise<Outcome>): Promise<Outcome>;
}

export interface ContentDoor {
  /**
   * Opens a link for a request, before anything is asked of Graph. Rejects with a `ContentLinkError` when it is none, or none
   * any more, with an `AccessError` when its caller may not see what it leads to, and with a `StoreError` when the token that
   * was kept for them cannot be read now.
   */
  readonly openLink: (sealed: string, request: IncomingMessage, requestId: string) => Promise<LinkedContent>;
  /** How an error is told to clients: in the words and with the code of every other door. */
  readonly describe: (error: unknown) => {
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
  readonly limits: PlaceLimits;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'error'>;
  readonly clock: Clock;
  /** Who watches: told of each stream that begins or ends, of the bytes that it has sent, and of who found no place. */
  readonly observer?:
    | {
        readonly onStreams: (change: 1 | -1) => void;
        readonly onSent: (bytes: number) => void;
        readonly onRefused: () => void;
      }
    | undefined;
}

/**
 * For whom nothing was read for so long, the few MiB that wait on the way being full, is cut off, and the place is another's. A
 * player that was paused comes back with a range.
 */
const STALLED_MS = 300_000;

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  THROTTLED: 429,
  // Nobody signs in here: who may no longer see it needs a new link.
  UNAUTHENTICATED: 403,
  UPSTREAM_ERROR: 502,
  UPSTREAM_TIMEOUT: 504,
  UPSTREAM_UNAVAILABLE: 503,
};

const STREAMING: PlaceWords = { open: 'recordings streaming', are: 'recordings stream' };

const params = z.object({ '*': z.string() });

function refuse(reply: FastifyReply, error: unknown, { describe, log }: ContentDoor, requestId: string): FastifyReply {
  if (error instanceof ContentLinkError) {
    const extensions = { code: 'FORBIDDEN', reason: error.fault };
    return reply.code(403).send(errorBody(error.message, extensions));
  }
  const described = describe(error);
  const status = STATUS_OF_CODE[String(described.extensions?.['code'])] ?? 500;
  if (status === 500) log.error({ requestId, error }, 'unforeseen error');
  const retryAfter = described.extensions?.['retryAfter'];
  if (typeof retryAfter === 'number') void reply.header('retry-after', retryAfter);
  return reply.code(status).send({ errors: [described] });
}

/** Calls back when bytes are there and nobody has taken any for long. The function that it returns ends the watch. */
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
 * Opens `/content/…` for GET and HEAD: to whoever has a link that was made here, whole or in ranges, as fast as they take it
 * and Graph gives it. Leaving closes Graph's stream at once; what breaks off half-way cuts the connection.
 */
export function registerContent(app: FastifyInstance, door: ContentDoor): void {
  const places = createPlaces(door.limits, STREAMING);
  const forget = createStreamedMemory();

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const link = await door.openLink(params.parse(request.params)['*'], request.raw, request.id);
    const { address, caller, createdDateTime } = link;
    const place = places.take(callerKey(caller));
    if (typeof place === 'string') {
      door.observer?.onRefused();
      return refuseOneTooMany(reply, place);
    }
    door.observer?.onStreams(1);
    const gone = new AbortController();
    let readBytes = 0;
    let endWatch = nothingToCancel;
    const end = (): void => {
      endWatch();
      place.release();
      if (!gone.signal.aborted) door.observer?.onStreams(-1);
      gone.abort(new Error('The viewer has left.'));
      door.log.info(
        {
          requestId: request.id,
          caller: callerKey(caller),
          ...address,
          method: request.method,
          status: reply.statusCode,
          // What went towards the viewer; of what is on its way when they leave not all arrives.
          readBytes,
        },
        readBytes === 0 ? 'content was asked for' : 'content was streamed',
      );
    };
    reply.raw.once('close', end);
    // They may have left before.
    if (reply.raw.destroyed) end();
    async function answered() {
      const [subject, content] = await Promise.all([
        link.subject(),
        answerContent({
          method: request.method,
          range: request.headers.range,
          ifRange: request.headers['if-range']?.toString(),
          recording: address.id,
          signal: gone.signal,
          open: (range) => link.open(range, gone.signal),
        }),
      ]);
      // What breaks before its first byte is there can still be told with a status.
      return { ...content, subject, first: await content.bytes?.next() };
    }
    const { subject, status, headers, bytes, first } = await link.inTime(answered());
    gone.signal.throwIfAborted();
    void reply.code(status).headers({
      ...headers,
      'content-disposition': contentDisposition(subject, createdDateTime),
    });
    if (bytes === null || first?.done !== false) return reply.send();
    function counted(piece: Buffer): Buffer {
      readBytes += piece.length;
      forget(piece.length);
      door.observer?.onSent(piece.length);
      return piece;
    }
    async function* pieces(begin: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
      yield counted(begin);
      for await (const piece of rest) yield counted(piece);
    }
    endWatch = watchStalls(
      () => readBytes,
      door.clock,
      () => reply.raw.destroy(),
    );
    return reply.send(Readable.from(pieces(first.value, bytes), { objectMode: false }));
  }

  app.route({
    method: ['GET', 'HEAD'],
    url: '/content/*',
    async handler(request, reply) {
      void reply.headers({
        // The link is for one, and what it opens too.
        'cache-control': 'private, no-store, no-transform',
        // Who opens a link as a page sees a player of their browser's, which reads the link once more.
        'content-security-policy':
          "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        // A page of another origin may show it, as any page may that has the link.
        'cross-origin-resource-policy': 'cross-origin',
      });
      try {
        return await answer(request, reply);
      } catch (error) {
        // Who has left is told nothing.
        if (reply.raw.destroyed) return reply;
        return refuse(reply, error, door, request.id);
      }
    },
  });
}
