/** The server's shutdown, in order and in bounded time. */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** The shutdown of an app. */
export interface Drain {
  /** Whether it is announced or begun. */
  isDraining(): boolean;
  /** Announces it while requests are still accepted: load balancers check only now and then. */
  announce(): void;
  /** Accepts no new connections, lets the requests in flight finish, and resolves when all is closed. */
  close(): Promise<void>;
}

/**
 * Prepares the shutdown of an app, before its endpoints are added. Node closes connections that were used and are idle.
 * This handles the others, so that no client delays the end: any still open after `longestMs` is cut.
 */
export function prepareDrain(app: FastifyInstance, longestMs: number): Drain {
  let isDraining = false;
  const connections = new Set<Socket>();
  app.server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  app.addHook('onSend', async (_, reply) => {
    if (isDraining) void reply.header('connection', 'close');
  });
  return {
    isDraining: () => isDraining,
    announce() {
      isDraining = true;
    },
    async close() {
      isDraining = true;
      const cut = setTimeout(() => app.server.closeAllConnections(), longestMs);
      // Browsers open connections in advance. Node counts those that have received nothing as busy.
      for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
      await app.close();
      clearTimeout(cut);
    },
  };
}
