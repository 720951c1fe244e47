import type { FastifyInstance } from 'fastify';

/**
 * Opens `/healthz`, which answers as long as the process does, and `/readyz`, which answers 200 only while new work is
 * welcome and Graph can be asked: what an orchestrator restarts by, and what a load balancer routes by.
 */
export function registerHealth(app: FastifyInstance, isReady: () => Promise<boolean>): void {
  app.get('/healthz', () => ({ status: 'alive' }));
  app.get('/readyz', async (_, reply) => {
    const ready = await isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
}
