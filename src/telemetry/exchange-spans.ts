/** The spans of requests to Microsoft Graph: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, propagation, trace } from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { BegunExchange, EndedExchange, ExchangeWatch, WatchExchange } from '../msgraph/exchange/exchange-watch.ts';

/** https://www.w3.org/TR/trace-context/. Baggage, which an SDK would send too, must not leave the gateway. */
const HEADERS = ['traceparent', 'tracestate'] as const;

function contextOf(place: unknown): Context[] {
  if (!(place instanceof Object) || !('context' in place)) return [];
  const { context } = place;
  return isContext(context) ? [context] : [];
}

function isContext(value: unknown): value is Context {
  return value instanceof Object && 'getValue' in value && 'setValue' in value && 'deleteValue' in value;
}

function headersOf(context: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagation.inject(context, carrier);
  return Object.fromEntries(
    HEADERS.flatMap((name) => (carrier[name] === undefined ? [] : [[name, carrier[name]] as const])),
  );
}

function endSpan(span: Span, { outcome }: EndedExchange): void {
  const isStatus = typeof outcome === 'number';
  if (isStatus) span.setAttribute('http.response.status_code', outcome);
  if (!isStatus || outcome >= 400) {
    span.setAttribute('error.type', String(outcome));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/**
 * Creates the watcher that gives each exchange a span, in the trace of the operation that asked first. The span links
 * to the other operations with parts in the exchange. Each of them gets a span of the same duration, linked to it.
 */
export function createExchangeSpans(tracer: Tracer, graphOrigin: string): WatchExchange {
  const { hostname, port, protocol } = new URL(graphOrigin);
  const server = {
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };

  return ({ kind, method, template, parts, traces }: BegunExchange): ExchangeWatch => {
    const [first = ROOT_CONTEXT, ...others] = traces().flatMap(contextOf);
    const size = kind === 'batch' ? { 'graph.batch.size': parts } : {};
    const span = tracer.startSpan(
      `${method} ${template}`,
      {
        kind: SpanKind.CLIENT,
        attributes: { 'http.request.method': method, 'url.template': template, ...server, ...size },
        links: others.flatMap((other) => trace.getSpanContext(other) ?? []).map((context) => ({ context })),
      },
      first,
    );
    const links = [{ context: span.spanContext() }];
    const shares = others.map((other) => tracer.startSpan(`shared ${method} ${template}`, { links }, other));
    return {
      headers: headersOf(trace.setSpan(first, span)),
      end(ended) {
        endSpan(span, ended);
        for (const share of shares) share.end();
      },
    };
  };
}
