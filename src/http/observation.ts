/** What is told of each request to who watches over the doors. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A request, as far as it is known when it comes. */
export interface BegunRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  /** The path of its door as that is registered, `/content/*`; null where no door is. */
  readonly route: string | null;
}

export interface AnsweredRequest extends BegunRequest {
  readonly status: number;
  readonly durationMs: number;
  /** Whether the answer went on for as long as somebody listened. */
  readonly isStream: boolean;
}

/** Who watches over requests. None of it may throw. */
export interface RequestObserver {
  readonly onBegun?: ((request: BegunRequest) => void) | undefined;
  /** Called when the answer has been sent, or its connection has ended before. */
  readonly onAnswered: (request: AnsweredRequest) => void;
}

function begun({ raw, method, routeOptions }: FastifyRequest): BegunRequest {
  return { raw, method, route: routeOptions.url ?? null };
}

/** Tells who watches of every request to an app. Called before the app has its doors. */
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
