/** What watches over the gateway: metrics, traces, both or neither. The rooms are given plain functions, and know of nothing else. */
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { OperationAnswer, OperationObserver } from '../graphql/observer.ts';
import type { LiveDoorName } from '../graphql/live.ts';
import type { RequestObserver } from '../http/observation.ts';
import type { WatchExchange } from '../msgraph/exchange-watch.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

/** One operation, watched. */
export interface OperationWatch {
  /** What each request to Graph brings along of it: its place in a trace. */
  readonly trace: unknown;
  readonly observer: OperationObserver | undefined;
  /** Called when it is over, answered or not. */
  readonly end: () => void;
}

export interface Telemetry {
  /** Undefined where nobody watches, so that nothing is called for each request. */
  readonly requests: RequestObserver | undefined;
  readonly live:
    | {
        readonly onRefused: (codes: readonly unknown[]) => void;
        readonly onSubscribed: (door: LiveDoorName, change: 1 | -1) => void;
        readonly onCut: (door: LiveDoorName) => void;
      }
    | undefined;
  readonly watchExchange: WatchExchange | undefined;
  /** Watches the operation that is opened for a request. */
  readonly watchOperation: (request: IncomingMessage) => OperationWatch;
  /** The same of a request, for what is asked without such an operation. */
  readonly traceOf: (request: IncomingMessage) => unknown;
}

const nothingToEnd = (): void => {};
const UNWATCHED: OperationWatch = { trace: undefined, observer: undefined, end: nothingToEnd };

function watchOperation(request: IncomingMessage, metrics: Metrics | null, tracing: Tracing | null): OperationWatch {
  const span = tracing?.beginOperation(request);
  let begunMs: number | null = null;
  let isAnswered = false;
  let isOver = false;

  function onAnswered(answer: OperationAnswer): void {
    // Who has left is told nothing, whatever comes of it.
    if (isOver) return;
    metrics?.operations.answered(answer, isAnswered || begunMs === null ? null : performance.now() - begunMs);
    if (!isAnswered) span?.answered(answer);
    isAnswered = true;
  }

  return {
    trace: span?.place,
    observer: {
      onBegun() {
        begunMs = performance.now();
      },
      onAnswered,
    },
    end() {
      if (isOver) return;
      isOver = true;
      if (isAnswered) return;
      // What Apollo Server has refused before it began is no operation.
      if (begunMs !== null) metrics?.operations.left();
      span?.end();
    },
  };
}

/** Puts together what watches. With neither, nothing is called in the course of a request. */
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
    watchOperation: isWatching ? (request) => watchOperation(request, metrics, tracing) : () => UNWATCHED,
    traceOf: (request) => tracing?.placeOf(request),
  };
}
