/** Metrics of HTTP requests to the gateway. */
import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { AnsweredRequest } from '../http/observation.ts';
import { SECONDS } from './buckets.ts';

/** The methods that are labels. Node accepts dozens of others from any client. */
const METHODS = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

/** The method as a label; `OTHER` for an unusual one, so that labels stay few. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'OTHER';
}

/**
 * Creates the HTTP metrics. Returns the function that counts one request; a path without a route counts as `none`, and so
 * does a status that was not sent.
 */
export function createHttpMetrics(registry: Registry): (request: AnsweredRequest) => void {
  const registers = [registry];
  const requests = new Counter({
    name: 'gateway_http_requests_total',
    help: 'HTTP requests, answered or abandoned by the caller.',
    labelNames: ['route', 'method', 'status'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'gateway_http_request_duration_seconds',
    help: 'Duration of HTTP requests, except event streams.',
    labelNames: ['route'] as const,
    buckets: SECONDS,
    registers,
  });
  return ({ method, route, status, durationMs, isStream }) => {
    const label = route ?? 'none';
    requests.inc({ route: label, method: methodLabel(method), status: String(status ?? 'none') });
    if (!isStream) durations.observe({ route: label }, durationMs / 1_000);
  };
}
