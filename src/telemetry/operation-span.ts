/** The span of a GraphQL operation: https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/ */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Tracer } from '@opentelemetry/api';
import type { OperationAnswer } from '../graphql/observer.ts';
import { holdsToken } from '../token-like.ts';

/** A position in a trace, opaque to modules that know nothing of traces. */
export interface TracePlace {
  readonly context: Context;
}

/** The span of one operation, and the position in the trace for its requests to Graph. */
export interface OperationSpan {
  readonly place: TracePlace;
  readonly answered: (answer: OperationAnswer) => void;
  readonly end: () => void;
}

const ID = /[0-9a-f]{8}(?:_?[0-9a-f]{4}){3}_?[0-9a-f]{12}/i;
const MOST_CHARACTERS = 64;

/** Whether a name may be kept. Operation names are chosen by clients, and some put an id or a token there. */
function isPlain(name: string): boolean {
  return name.length <= MOST_CHARACTERS && !ID.test(name) && !holdsToken(name);
}

/**
 * Starts the span of an operation, or of one event of a subscription, at the time from which the operation has waited.
 * It ends with the first answer: each later event of a subscription has its own span.
 */
export function startOperationSpan(tracer: Tracer, parent: Context, waitedMs: number): OperationSpan {
  // With a start of its own, the SDK measures a span in whole milliseconds.
  const start = waitedMs < 1 ? {} : { startTime: Date.now() - waitedMs };
  const span = tracer.startSpan('GraphQL Operation', { kind: SpanKind.SERVER, ...start }, parent);
  return {
    place: { context: trace.setSpan(parent, span) },
    answered({ type, name, hasData, codes }: OperationAnswer) {
      const operationType = type === 'event' ? 'subscription' : type;
      if (operationType !== 'unknown') {
        span.updateName(type === 'event' ? 'subscription event' : operationType);
        span.setAttribute('graphql.operation.type', operationType);
      }
      if (name !== null && isPlain(name)) span.setAttribute('graphql.operation.name', name);
      if (codes.length > 0) span.setAttribute('error.type', String(codes[0]));
      if (!hasData) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
    end: () => span.end(),
  };
}
