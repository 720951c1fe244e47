/**
 * Traces by OpenTelemetry, if an SDK was loaded before the gateway. Otherwise there are none, and they cost nothing. No
 * attribute holds an id, a path with one, a query or a token.
 */
import type { IncomingMessage } from 'node:http';
import { ProxyTracerProvider, ROOT_CONTEXT, SpanKind, SpanStatusCode, propagation, trace } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import type { AnsweredRequest, BegunRequest } from '../http/observation.ts';
import type { WatchExchange } from '../msgraph/exchange/exchange-watch.ts';
import { createExchangeSpans } from './exchange-spans.ts';
import { methodLabel } from './http-metrics.ts';
import { startOperationSpan } from './operation-span.ts';
import type { OperationSpan, TracePlace } from './operation-span.ts';

export interface Tracing {
  readonly begun: (request: BegunRequest) => void;
  readonly answered: (request: AnsweredRequest) => void;
  /** The position of a request in a trace: its own span, or else the parent that its headers name. */
  readonly placeOf: (request: IncomingMessage) => TracePlace;
  /** Starts the span of a request's operation, which includes its wait. */
  readonly beginOperation: (request: IncomingMessage, waitedMs: number) => OperationSpan;
  readonly watchExchange: WatchExchange;
}

/** Routes that probes and scrapers request all day, whose traces are of no use. */
const UNTRACED: readonly (string | null)[] = ['/healthz', '/readyz', '/metrics'];

/** The tracer of the loaded SDK; null without one. */
function findTracer(): Tracer | null {
  const provider = trace.getTracerProvider();
  const isMissing =
    provider instanceof ProxyTracerProvider && provider.getDelegateTracer('call-recordings-gateway') === undefined;
  return isMissing ? null : trace.getTracer('call-recordings-gateway');
}

/** Sets up tracing; null without a loaded SDK. Called once, at the gateway's start. `graphOrigin` is Graph's origin. */
export function openTracing(graphOrigin: string): Tracing | null {
  const tracer = findTracer();
  return tracer === null ? null : createTracing(tracer, graphOrigin);
}

function createTracing(tracer: Tracer, graphOrigin: string): Tracing {
  const requests = new WeakMap<IncomingMessage, { readonly span: Span; readonly place: TracePlace }>();
  const placeOf = (request: IncomingMessage): TracePlace =>
    requests.get(request)?.place ?? { context: propagation.extract(ROOT_CONTEXT, request.headers) };

  return {
    begun({ raw, method, route }) {
      if (UNTRACED.includes(route)) return;
      const label = methodLabel(method);
      const name = label === 'OTHER' ? 'HTTP' : label;
      const parent = propagation.extract(ROOT_CONTEXT, raw.headers);
      const attributes = {
        'http.request.method': label === 'OTHER' ? '_OTHER' : label,
        'url.scheme': 'http',
        ...(route === null ? {} : { 'http.route': route }),
      };
      const span = tracer.startSpan(
        route === null ? name : `${name} ${route}`,
        { kind: SpanKind.SERVER, attributes },
        parent,
      );
      requests.set(raw, { span, place: { context: trace.setSpan(parent, span) } });
    },
    answered({ raw, status }) {
      const span = requests.get(raw)?.span;
      if (span === undefined) return;
      if (status !== null) span.setAttribute('http.response.status_code', status);
      if (status !== null && status >= 500) {
        span.setAttribute('error.type', String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
    placeOf,
    beginOperation: (request, waitedMs) => startOperationSpan(tracer, placeOf(request).context, waitedMs),
    watchExchange: createExchangeSpans(tracer, graphOrigin),
  };
}
