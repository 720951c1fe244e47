/** The reports of each request to observers. */
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A request, as known when it arrives. */
export interface BegunRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  /** The path of its endpoint as registered, `/content/*`; null if there is none. */
  readonly route: string | null;
}

export interface AnsweredRequest extends BegunRequest {
  /** Null if the caller left before the response began. */
  readonly status: number | null;
  readonly durationMs: number;
  /** Whether the response lasted until the client left. */
  readonly isStream: boolean;
}

/** Observes requests. No callback may throw. */
export interface RequestObserver {
  readonly onBegun?: ((request: BegunRequest) => void) | undefined;
  /** Called once, when the response was sent or its connection ended before. */
  readonly onAnswered: (request: AnsweredRequest) => void;
}

function begun({ raw, method, routeOptions }: FastifyRequest): BegunRequest {
  return { raw, method, route: routeOptions.url ?? null };
}

/** The status that was sent; null if nothing was. */
export function sentStatus({ raw, statusCode }: Pick<FastifyReply, 'raw' | 'statusCode'>): number | null {
  return raw.headersSent ? statusCode : null;
}

/** Reports a request to an observer. Called when it arrives. */
export function observeRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { onBegun, onAnswered }: RequestObserver,
): void {
  onBegun?.(begun(request));
  // The hook "onResponse" of the framework does not run when the caller leaves.
  reply.raw.once('close', () => {
    const contentType = String(reply.getHeader('content-type') ?? '');
    onAnswered({
      ...begun(request),
      status: sentStatus(reply),
      durationMs: reply.elapsedTime,
      isStream: contentType.startsWith('text/event-stream'),
    });
  });
}
