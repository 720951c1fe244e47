/** The metrics endpoint. */
import type { FastifyInstance } from 'fastify';

/** A text, and its media type. */
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
