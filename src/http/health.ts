/** The health checks, `/healthz` and `/readyz`. */
import type { FastifyInstance } from 'fastify';

/**
 * Opens `/healthz`, which answers as long as the process does, and `/readyz`, which answers 200 only while new work is
 * accepted and Graph can be called. Orchestrators use the first, and load balancers the second.
 */
export function registerHealth(app: FastifyInstance, isReady: () => Promise<boolean>): void {
  app.get('/healthz', () => ({ status: 'alive' }));
  app.get('/readyz', async (_, reply) => {
    const ready = await isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
}
