/** GraphQL over WebSocket: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ExecutionArgs, ExecutionResult, FormattedExecutionResult, GraphQLSchema } from 'graphql';
import { CloseCode, MessageType, handleProtocols, makeServer, stringifyMessage } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { AuthenticationError } from '../../access/error.ts';
import { MAX_BODY_BYTES } from '../app.ts';
import type { IsOwnName } from '../protection/host-name.ts';
import { TOO_MANY_OBJECTS, hasTooManyObjects } from '../protection/json-objects.ts';
import type { Overload } from '../protection/overload.ts';
import { securityHeaders } from '../protection/security-headers.ts';
import { slotsWithin } from '../protection/slots.ts';
import type { Slots } from '../protection/slots.ts';
import { oneTooMany } from '../refusal.ts';
import type { Session } from '../session.ts';
import { KEEP_ALIVE_MS } from './live.ts';
import type { LiveEndpoint } from './live.ts';
import { beginStream, beginWithin } from './stream-lifetime.ts';
import type { StreamLifetime } from './stream-lifetime.ts';
import { createRefuseUpgrade, handshakeRefusal, upgradeRefusal } from './upgrade-refusal.ts';
import { authorizationOf, closeOn, faultOf } from './websocket-caller.ts';
import { maskErrors, ownError } from './websocket-errors.ts';
import { CLOSE_GRACE_MS, TRY_AGAIN_LATER, closeReason, createMessageLimit, createSender } from './websocket-limits.ts';

interface WebSocketEndpoint<Context> extends LiveEndpoint<Context> {
  readonly schema: GraphQLSchema;
  readonly log: FastifyBaseLogger;
  readonly isOwnName: IsOwnName;
  /** Refuses operations above the limit. */
  readonly overload: Overload;
  /** Whether clients reach it over HTTPS only. */
  readonly isHttps?: boolean;
}

/** The maximum number of concurrent operations over one connection. */
const MAX_OPERATIONS = 100;

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1, and https://www.iana.org/assignments/websocket/websocket.xhtml */
const GOING_AWAY = 1_001;

const PONG = stringifyMessage({ type: MessageType.Pong });

type Results = AsyncGenerator<ExecutionResult, void>;

/** The results of an operation, which runs within `lifetime` until there are no more. */
async function* resultsOf(answers: AsyncGenerator<FormattedExecutionResult, void>, lifetime: StreamLifetime): Results {
  try {
    for await (const { errors, ...rest } of answers)
      yield errors === undefined ? rest : { ...rest, errors: errors.map(ownError) };
  } finally {
    lifetime.leave();
  }
}

/** The same results, whose end does not wait for the pending one. */
function endable(results: Results, lifetime: StreamLifetime): Results {
  return {
    next: () => results.next(),
    return() {
      lifetime.leave();
      return results.return();
    },
    throw: (error) => results.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}

/** A connection of an authenticated caller. */
interface Connection<Context> {
  readonly session: Session<Context>;
  readonly lifetime: StreamLifetime;
  /** Takes a slot for another subscription. */
  readonly takeSlot: () => ReturnType<Slots['take']>;
}

/** Opens `/graphql` for WebSocket. Connections are closed when `closing` aborts. */
export function registerWebSocket<Context>(app: FastifyInstance, endpoint: WebSocketEndpoint<Context>): void {
  const { clock, closing, log } = endpoint;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    handleProtocols,
    // A small frame could become a large message, and each message is worth the work of a page.
    perMessageDeflate: false,
    // One message, then other work: one chunk may contain thousands.
    allowSynchronousEvents: false,
    autoPong: false,
  });
  const connections = new WeakMap<WebSocket, Connection<Context>>();
  const operations = new WeakMap<ExecutionArgs, () => Results>();

  function begin(args: ExecutionArgs): Results {
    const prepared = operations.get(args);
    operations.delete(args);
    if (prepared === undefined) throw new Error('Expected an operation that "onSubscribe" has prepared.');
    return prepared();
  }

  const server = makeServer<Record<string, unknown>, { readonly socket: WebSocket; readonly request: IncomingMessage }>(
    {
      async onConnect({ connectionParams: given, extra: { socket, request } }) {
        const session = await endpoint.openSession(authorizationOf(given, request));
        const slot = endpoint.slots.take(session.caller);
        if (typeof slot === 'string') {
          socket.close(TRY_AGAIN_LATER, slot);
          return false;
        }
        const lifetime = beginStream(session, endpoint);
        lifetime.signal.addEventListener('abort', () => {
          slot.release();
          // Running operations have the same end, and report it first.
          if (lifetime.signal.reason instanceof AuthenticationError) {
            setImmediate(() => socket.close(CloseCode.Unauthorized, 'The access token has expired.'));
          }
        });
        connections.set(socket, { session, lifetime, takeSlot: slotsWithin(endpoint.slots, session.caller) });
        // It closes only once, and `once` would take more memory.
        socket.on('close', lifetime.leave);
        // It may have closed before its caller was known.
        if (socket.readyState !== socket.OPEN) lifetime.leave();
        return true;
      },
      onSubscribe({ extra: { socket, request }, subscriptions }, _id, payload) {
        const { operationName, ...rest } = payload;
        // The library keeps the message for as long as the operation runs.
        Object.assign(payload, { query: '', variables: undefined, extensions: undefined });
        const connection = connections.get(socket);
        // A client may continue to send until it has received the close frame.
        if (connection === undefined || connection.lifetime.signal.aborted)
          throw new AuthenticationError('The connection is not acknowledged, or its token has expired. Reconnect.');
        if (Object.keys(subscriptions).length > MAX_OPERATIONS) {
          const message = `A connection can run at most ${MAX_OPERATIONS} operations at once. Complete one first, or open another connection.`;
          return [ownError({ message, extensions: { code: 'BAD_REQUEST' } })];
        }
        const settle = endpoint.overload.begin('websocket', connection.session.caller);
        if (typeof settle !== 'function') return [ownError(settle)];
        let release: (() => void) | null = null;
        const lifetime = beginWithin(connection.lifetime, () => {
          // It may be completed before its first result is requested.
          settle('unanswered');
          release?.();
        });
        const operation = endpoint.prepare({ ...rest, operationName });
        if (operation.errors !== null) {
          lifetime.leave();
          return operation.errors.map(ownError);
        }
        if (operation.isSubscription) {
          const slot = connection.takeSlot();
          if (typeof slot === 'string') {
            lifetime.leave();
            return [ownError(oneTooMany(slot))];
          }
          ({ release } = slot);
        }
        const args = { schema: endpoint.schema, document: operation.document, operationName };
        const requestId = crypto.randomUUID();
        operations.set(args, () => {
          const answers = operation.answers({
            requestId,
            transport: 'websocket',
            signal: lifetime.signal,
            onSettled: settle,
            open: () => connection.session.open(requestId, request),
          });
          return endable(resultsOf(answers, lifetime), lifetime);
        });
        return args;
      },
      onError: (_context, _id, _payload, errors) => maskErrors(errors, log),
      execute: begin,
      subscribe: begin,
    },
  );

  /** An invalid or too long frame: the library has closed the connection, and reports it only here. */
  const noteFailure = (error: unknown): void => log.debug({ error }, 'a WebSocket connection failed');

  function accept(socket: WebSocket, request: IncomingMessage): void {
    // Whether anything came since the last ping. A paused connection is not read, its pongs neither.
    let isAlive = true;
    function keepAlive(): void {
      if (!isAlive && !socket.isPaused) return socket.terminate();
      isAlive = socket.isPaused;
      socket.ping();
      cancelKeepAlive = clock.after(KEEP_ALIVE_MS, keepAlive);
    }
    let cancelKeepAlive = clock.after(KEEP_ALIVE_MS, keepAlive);
    socket.on('pong', () => (isAlive = true));
    const countMessage = createMessageLimit(socket, clock);
    const sender = createSender(socket, clock, () => endpoint.onCut?.('websocket'));
    socket.on('ping', sender.pong);
    socket.on('error', noteFailure);

    const closed = server.opened(
      {
        protocol: socket.protocol,
        close: (code, reason = '') => socket.close(code, closeReason(reason)),
        send: sender.send,
        // Without the payload, which would be kept here until the client reads it.
        onPing: () => sender.send(PONG),
        onMessage: (handle) =>
          socket.on('message', (data: Buffer) => {
            isAlive = true;
            countMessage();
            const text = data.toString();
            if (hasTooManyObjects(text)) return socket.close(CloseCode.BadRequest, TOO_MANY_OBJECTS);
            handle(text).catch((error: unknown) => {
              const [code, reason] = closeOn(error);
              const fault = faultOf(error);
              if (fault !== null) log.error({ error }, fault);
              socket.close(code, reason);
            });
          }),
      },
      { socket, request },
    );
    socket.on('close', (code, reason) => {
      cancelKeepAlive();
      closed(code, reason.toString()).catch((error: unknown) => log.error({ error }, 'unexpected error'));
    });
  }

  const refuse = createRefuseUpgrade(securityHeaders(endpoint.isHttps === true), log);
  sockets.on('wsClientError', (error, socket, request) => {
    refuse(request, socket, handshakeRefusal(request, error.message));
  });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', (error) => log.debug({ error }, 'a connection failed before the WebSocket was open'));
    const refusal = upgradeRefusal(request, endpoint);
    if (refusal !== null) return refuse(request, socket, refusal);
    sockets.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, request));
  });

  closing.addEventListener('abort', () => {
    for (const socket of sockets.clients) {
      socket.close(GOING_AWAY, 'This gateway replica is shutting down. Reconnect.');
      const cancel = clock.after(CLOSE_GRACE_MS, () => socket.terminate());
      socket.once('close', cancel);
    }
  });
}
