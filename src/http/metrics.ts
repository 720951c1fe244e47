/** Where what was counted is read. */
import type { FastifyInstance } from 'fastify';

/** Something to be read, and in which form it is. */
interface Exposition {
  readonly contentType: string;
  readonly read: () => Promise<string>;
}

/** Opens `/metrics`, for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function registerMetrics(app: FastifyInstance, { contentType, read }: Exposition): void {
  app.get('/metrics', async (_, reply) => {
    void reply.headers({ 'content-type': contentType, 'cache-control': 'no-store' });
    return reply.send(await read());
  });
}
