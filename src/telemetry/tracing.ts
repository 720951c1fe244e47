/**
 * Traces by OpenTelemetry, where an SDK was loaded before the gateway; otherwise there are none, and nothing is done for
 * them. No attribute holds an id, a path with one, a query or a token.
 */
import type { IncomingMessage } from 'node:http';
import { ProxyTracerProvider, ROOT_CONTEXT, SpanKind, SpanStatusCode, propagation, trace } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import type { AnsweredRequest, BegunRequest } from '../http/observation.ts';
import type { WatchExchange } from '../msgraph/exchange-watch.ts';
import { createExchangeSpans } from './exchange-spans.ts';
import { methodLabel } from './http-metrics.ts';
import { startOperationSpan } from './operation-span.ts';
import type { OperationSpan, TracePlace } from './operation-span.ts';

export interface Tracing {
  readonly begun: (request: BegunRequest) => void;
  readonly answered: (request: AnsweredRequest) => void;
  /** The place of a request: in its own span, else where its caller says that it stands. */
  readonly placeOf: (request: IncomingMessage) => TracePlace;
  /** Begins the span of an operation for a request. */
  readonly beginOperation: (request: IncomingMessage) => OperationSpan;
  readonly watchExchange: WatchExchange;
}

/** What is asked all day by what keeps the gateway alive, and of whose traces nobody has any use. */
const UNTRACED: readonly (string | null)[] = ['/healthz', '/readyz', '/metrics'];

/** The tracer of the SDK that was loaded; null where none was. */
function findTracer(): Tracer | null {
  const provider = trace.getTracerProvider();
  const isMissing =
    provider instanceof ProxyTracerProvider && provider.getDelegateTracer('call-recordings-gateway') === undefined;
  return isMissing ? null : trace.getTracer('call-recordings-gateway');
}

/** Opens the traces; null where no SDK was loaded. Called once, when the gateway starts. `graphOrigin` is where Graph is. */
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
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) {
        span.setAttribute('error.type', String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
    placeOf,
    beginOperation: (request) => startOperationSpan(tracer, placeOf(request).context),
    watchExchange: createExchangeSpans(tracer, graphOrigin),
  };
}
