/** The reports of each request to observers. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A request, as known when it arrives. */
export interface BegunRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  /** The path of its endpoint as registered, `/content/*`; null if there is none. */
  readonly route: string | null;
}

export interface AnsweredRequest extends BegunRequest {
  readonly status: number;
  readonly durationMs: number;
  /** Whether the response lasted until the client left. */
  readonly isStream: boolean;
}

/** Observes requests. No callback may throw. */
export interface RequestObserver {
  readonly onBegun?: ((request: BegunRequest) => void) | undefined;
  /** Called when the response was sent, or its connection ended before. */
  readonly onAnswered: (request: AnsweredRequest) => void;
}

function begun({ raw, method, routeOptions }: FastifyRequest): BegunRequest {
  return { raw, method, route: routeOptions.url ?? null };
}

/** Reports every request of an app to an observer. Called before it has endpoints. */
export function observeRequests(app: FastifyInstance, { onBegun, onAnswered }: RequestObserver): void {
  if (onBegun !== undefined) app.addHook('onRequest', async (request) => onBegun(begun(request)));
  app.addHook('onResponse', async (request, reply) => {
    const contentType = String(reply.getHeader('content-type') ?? '');
    onAnswered({
      ...begun(request),
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      isStream: contentType.startsWith('text/event-stream'),
    });
  });
}
