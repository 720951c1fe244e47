/** What is counted at the doors. */
import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { AnsweredRequest } from '../http/observation.ts';
import { SECONDS } from './buckets.ts';

/** Node takes dozens of methods of whoever sends them. */
const METHODS = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

/** The method as a label, of which there are few. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'OTHER';
}

/** Creates what counts requests. A path where no door is counts as the route `none`. */
export function createHttpMetrics(registry: Registry): (request: AnsweredRequest) => void {
  const registers = [registry];
  const requests = new Counter({
    name: 'gateway_http_requests_total',
    help: 'Requests that were answered, or whose caller left before.',
    labelNames: ['route', 'method', 'status'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'gateway_http_request_duration_seconds',
    help: 'How long they took, without those whose answers go on as long as somebody listens.',
    labelNames: ['route'] as const,
    buckets: SECONDS,
    registers,
  });
  return ({ method, route, status, durationMs, isStream }) => {
    const label = route ?? 'none';
    requests.inc({ route: label, method: methodLabel(method), status: String(status) });
    if (!isStream) durations.observe({ route: label }, durationMs / 1_000);
  };
}
