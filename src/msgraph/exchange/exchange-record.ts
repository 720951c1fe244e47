/** Reports each exchange with Graph, whether for JSON or for bytes, to the observer and to the log. */
import type { Clock } from '../../clock.ts';
import { GraphError } from '../error.ts';
import { VERSION_ROOT, requestName } from '../path.ts';
import { kindOf, partOutcome, pathTemplate, saysNothing } from './exchange-watch.ts';
import type { BegunExchange, ExchangeWatch, WatchExchange } from './exchange-watch.ts';

/** The result of one HTTP exchange with Graph. */
export interface Exchange {
  readonly request: string;
  readonly parts: number;
  readonly clientRequestId: string;
  /** The HTTP status, or the reason of the failure. */
  readonly outcome: number | string;
  readonly durationMs: number;
}

/** The observers, and the clock. */
export interface ExchangeRecordOptions {
  readonly clock: Clock;
  /** Called after each HTTP exchange; for content, when its first byte can be read or Graph redirects. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Called before each; its watch sees the end. */
  readonly watchExchange?: WatchExchange | undefined;
}

/** The request of one exchange, with its path below the version root. */
interface ExchangeRequest extends Pick<BegunExchange, 'method' | 'parts' | 'traces'> {
  readonly path: string;
  readonly clientRequestId: string;
}

/** One exchange in progress. */
export interface ExchangeRecord {
  /** Request headers from the observer. */
  readonly headers: ExchangeWatch['headers'];
  /**
   * Called exactly once, however the exchange ends: with the response's status, null when none came; with the error of
   * the whole exchange, null when it succeeded; with each part's result, a success unless it is a `GraphError`; and with
   * whether it was abandoned, because nobody waited for it any longer.
   */
  readonly end: (status: number | null, failure: unknown, results: readonly unknown[], isAbandoned: boolean) => void;
}

const NO_HEADERS: ExchangeWatch['headers'] = {};

/** Creates the function that begins the record of each exchange. */
export function createExchangeRecord({
  clock,
  onExchange,
  watchExchange,
}: ExchangeRecordOptions): (begun: ExchangeRequest) => ExchangeRecord {
  function watch({ method, path, parts, traces }: ExchangeRequest): ExchangeWatch | undefined {
    if (watchExchange === undefined) return undefined;
    const template = pathTemplate(path);
    return watchExchange({
      kind: kindOf(template),
      method,
      template: `${VERSION_ROOT}${template}`,
      parts,
      traces,
    });
  }

  return (begun) => {
    const startedMs = clock.steadyMs();
    const watched = watch(begun);
    return {
      headers: watched?.headers ?? NO_HEADERS,
      end(status, failure, results, isAbandoned) {
        const durationMs = clock.steadyMs() - startedMs;
        // The error of an abandoned exchange is that of a timeout, but says nothing about Graph if it comes this soon.
        const isAborted = failure !== null && saysNothing(isAbandoned, durationMs);
        const hasReason = failure instanceof GraphError && failure.reason !== 'status';
        const outcome = hasReason && !isAborted ? failure.reason : (status ?? 'aborted');
        const outcomes = results.map((result) => partOutcome(isAborted ? null : result, outcome));
        watched?.end({ outcome, durationMs, parts: outcomes });
        const { method, path, parts, clientRequestId } = begun;
        onExchange?.({ request: requestName(method, path), parts, clientRequestId, outcome, durationMs });
      },
    };
  };
}
