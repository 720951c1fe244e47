/** Combines metrics and traces, if any, into plain functions. The other modules know nothing else of telemetry. */
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { LiveTransport } from '../graphql/live.ts';
import type { OperationAnswer, OperationObserver } from '../graphql/observer.ts';
import type { RequestObserver } from '../http/observation.ts';
import type { WatchExchange } from '../msgraph/exchange/exchange-watch.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

/** The observation of one operation. */
export interface OperationWatch {
  /** The operation's position in a trace, passed with each of its requests to Graph. */
  readonly trace: unknown;
  readonly observer: OperationObserver | undefined;
  /** Called when the operation is over, answered or not. */
  readonly end: () => void;
}

export interface Telemetry {
  /** Undefined when there is nothing to report to, so that no request pays for a call. */
  readonly requests: RequestObserver | undefined;
  readonly live:
    | {
        readonly onRefused: (codes: readonly unknown[]) => void;
        readonly onSubscribed: (transport: LiveTransport, change: 1 | -1) => void;
        readonly onCut: (transport: LiveTransport) => void;
      }
    | undefined;
  readonly watchExchange: WatchExchange | undefined;
  /** Starts to observe the operation of a request. How long it has waited is part of its duration. */
  readonly watchOperation: (request: IncomingMessage, waitedMs: number) => OperationWatch;
  /** The position in a trace for requests to Graph that belong to a request but to no operation. */
  readonly traceOf: (request: IncomingMessage) => unknown;
}

const nothingToEnd = (): void => {};
const UNWATCHED: OperationWatch = { trace: undefined, observer: undefined, end: nothingToEnd };

function watchOperation(
  request: IncomingMessage,
  waitedMs: number,
  metrics: Metrics | null,
  tracing: Tracing | null,
): OperationWatch {
  const span = tracing?.beginOperation(request, waitedMs);
  let begunMs: number | null = null;
  let isAnswered = false;
  let isOver = false;

  function onAnswered(answer: OperationAnswer): void {
    // A caller that has left receives no answer, so this outcome does not count.
    if (isOver) return;
    metrics?.operations.answered(answer, isAnswered || begunMs === null ? null : performance.now() - begunMs);
    if (!isAnswered) span?.answered(answer);
    isAnswered = true;
  }

  return {
    trace: span?.place,
    observer: {
      onBegun() {
        begunMs = performance.now() - waitedMs;
      },
      onAnswered,
    },
    end() {
      if (isOver) return;
      isOver = true;
      if (isAnswered) return;
      // A request that Apollo Server refused before execution is no operation.
      if (begunMs !== null) metrics?.operations.left();
      span?.end();
    },
  };
}

/** Combines metrics and traces. With neither, a request makes no calls to telemetry. */
export function createTelemetry(metrics: Metrics | null, tracing: Tracing | null): Telemetry {
  const isWatching = metrics !== null || tracing !== null;
  return {
    requests: isWatching
      ? {
          onBegun: tracing?.begun,
          onAnswered(request) {
            metrics?.http(request);
            tracing?.answered(request);
          },
        }
      : undefined,
    live:
      metrics === null
        ? undefined
        : {
            onRefused: (codes) => metrics.operations.answered({ type: 'unknown', hasData: false, codes }, null),
            onSubscribed: metrics.operations.subscribed,
            onCut: metrics.operations.cut,
          },
    watchExchange: isWatching
      ? (begun) => {
          metrics?.graph.begun(begun);
          const span = tracing?.watchExchange(begun);
          return {
            headers: span?.headers ?? {},
            end(ended) {
              metrics?.graph.ended(begun.kind, ended);
              span?.end(ended);
            },
          };
        }
      : undefined,
    watchOperation: isWatching
      ? (request, waitedMs) => watchOperation(request, waitedMs, metrics, tracing)
      : () => UNWATCHED,
    traceOf: (request) => tracing?.placeOf(request),
  };
}
