import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** The end of an app, in order. */
export interface Drain {
  /** Whether the end has begun. */
  isDraining(): boolean;
  /** Says that the end is near, while everything is still taken: who balances load looks only now and then. */
  announce(): void;
  /** Takes no new connections, lets the requests that are in flight finish, and resolves when all is closed. */
  close(): Promise<void>;
}

/**
 * Prepares an app, before it has its doors, for its end. Node itself closes the connections that were used and are idle;
 * here are the others, so that no client holds up the end: whatever is still open after `longestMs` is cut.
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
      // Browsers open connections in advance, and Node takes one over which nothing has come yet for busy.
      for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
      await app.close();
      clearTimeout(cut);
    },
  };
}
