/** What is told of each exchange with Graph, to who watches and to the log, whether it asks for JSON or for bytes. */
import type { Clock } from './clock.ts';
import { GraphError } from './error.ts';
import { kindOf, partOutcome, pathTemplate } from './exchange-watch.ts';
import type { BegunExchange, ExchangeWatch, WatchExchange } from './exchange-watch.ts';
import { VERSION_ROOT, requestName } from './path.ts';

/** What one HTTP exchange with Graph came to. */
export interface Exchange {
  readonly request: string;
  readonly parts: number;
  readonly clientRequestId: string;
  /** The status of the whole, or why there was none. */
  readonly outcome: number | string;
  readonly durationMs: number;
}

/** Who is told, and by which clock. */
export interface ExchangeRecordOptions {
  readonly clock: Clock;
  /** Called after each HTTP exchange; of content, as soon as its first byte can be read. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Called before each, and told of its end. */
  readonly watchExchange?: WatchExchange | undefined;
}

/** What is asked in one exchange, by the path below the version root. */
interface Asked extends Pick<BegunExchange, 'method' | 'parts' | 'traces'> {
  readonly path: string;
  readonly clientRequestId: string;
}

/** One exchange that is under way. */
export interface ExchangeRecord {
  /** What is sent along to Graph for who watches. */
  readonly headers: ExchangeWatch['headers'];
  /**
   * Called once, whatever becomes of the exchange: with the status of the answer, null where none came; with the error that the
   * whole failed with, null where it did not; and with what became of each part, anything that is no `GraphError` being good.
   */
  readonly end: (status: number | null, failure: unknown, results: readonly unknown[]) => void;
}

const NO_HEADERS: ExchangeWatch['headers'] = {};

/** Creates what is called when an exchange begins, and gives the record that is to be told of its end. */
export function createExchangeRecord({
  clock,
  onExchange,
  watchExchange,
}: ExchangeRecordOptions): (asked: Asked) => ExchangeRecord {
  function watch({ method, path, parts, traces }: Asked): ExchangeWatch | undefined {
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

  return (asked) => {
    const startedMs = clock.steadyMs();
    const watched = watch(asked);
    return {
      headers: watched?.headers ?? NO_HEADERS,
      end(status, failure, results) {
        const durationMs = clock.steadyMs() - startedMs;
        const hasReason = failure instanceof GraphError && failure.reason !== 'status';
        const outcome = hasReason ? failure.reason : (status ?? 'aborted');
        watched?.end({ outcome, durationMs, parts: results.map((result) => partOutcome(result, outcome)) });
        const { method, path, parts, clientRequestId } = asked;
        onExchange?.({ request: requestName(method, path), parts, clientRequestId, outcome, durationMs });
      },
    };
  };
}
