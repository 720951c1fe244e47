/** What an observer receives of each exchange with Microsoft Graph, without anything that names a person. */
import { GraphError } from '../error.ts';

/** A lone request, a batch, change tracking, the bytes of a recording, or a request about a subscription. */
export const exchangeKinds = ['single', 'batch', 'delta', 'content', 'subscription'] as const;

export type ExchangeKind = (typeof exchangeKinds)[number];

/** An exchange that begins. */
export interface BegunExchange {
  readonly kind: ExchangeKind;
  readonly method: string;
  /** The path without its variable parts: `/v1.0/users/{id}`. */
  readonly template: string;
  readonly parts: number;
  /** Collects the traces of the operations that wait for it, each once. Most observers do not need them. */
  readonly traces: () => readonly unknown[];
}

/** The outcome of one request: its status, or why it has none. */
export interface PartOutcome {
  readonly outcome: number | string;
  /** How long Graph asks to wait; null when it does not. */
  readonly retryAfterMs: number | null;
}

/** An exchange that is over. */
export interface EndedExchange {
  /** The outcome of the whole, as logged. */
  readonly outcome: number | string;
  readonly durationMs: number;
  /** The outcome of each part; of a lone request, one. */
  readonly parts: readonly PartOutcome[];
}

/** One exchange, watched until it ends. */
export interface ExchangeWatch {
  /** Request headers that are sent to Graph only. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called exactly once, however the exchange ends. */
  readonly end: (ended: EndedExchange) => void;
}

/** Called when an exchange begins. It must not throw. */
export type WatchExchange = (begun: BegunExchange) => ExchangeWatch;

/** The fixed words of paths. Any other segment may be an id. */
const WORDS = new Set([
  '$batch',
  'communications',
  'content',
  'delta',
  'getAllRecordings',
  'onlineMeetings',
  'recordings',
  'subscriptions',
  'users',
]);
const LONGEST_WORD = Math.max(...Array.from(WORDS, ({ length }) => length));
/** No path that the gateway builds has more. Links from Graph may. */
const MOST_SEGMENTS = 8;

function segmentTemplate(path: string, from: number, to: number): string {
  const isCall = path[to - 1] === ')';
  const end = isCall ? path.indexOf('(', from) : to;
  // Nearly every id is longer than any word, and is not even sliced.
  const name = end - from <= LONGEST_WORD ? path.slice(from, end) : '';
  if (!WORDS.has(name)) return '/{id}';
  return isCall ? `/${name}()` : `/${name}`;
}

/** A path without its query, ids and function arguments, so that there are few distinct ones. */
export function pathTemplate(path: string): string {
  const query = path.indexOf('?');
  const end = query === -1 ? path.length : query;
  let template = '';
  // Allocates no list of segments: this runs for each part of each batch.
  for (let [from, segments] = [1, 1]; from <= end && segments < MOST_SEGMENTS; segments += 1) {
    const slash = path.indexOf('/', from);
    const to = slash === -1 ? end : Math.min(slash, end);
    template += segmentTemplate(path, from, to);
    from = to + 1;
  }
  return template;
}

/** A request abandoned after at least this long without a response says something about Graph. */
const SILENT_MS = 3_000;

/** Whether an exchange says nothing about Graph: nobody waited for its response any longer, soon after it was sent. */
export function saysNothing(isAbandoned: boolean, durationMs: number): boolean {
  return isAbandoned && durationMs < SILENT_MS;
}

/** Which kind of exchange a template stands for. */
export function kindOf(template: string): ExchangeKind {
  if (template === '/$batch') return 'batch';
  if (template.startsWith('/subscriptions')) return 'subscription';
  if (template.endsWith('/content')) return 'content';
  return template.endsWith('/delta') ? 'delta' : 'single';
}

/** The outcome of one request, where `whole` is the outcome of its exchange. */
export function partOutcome(result: unknown, whole: number | string): PartOutcome {
  if (!(result instanceof GraphError)) return { outcome: whole, retryAfterMs: null };
  return {
    outcome: result.reason === 'status' ? (result.status ?? whole) : result.reason,
    retryAfterMs: result.retryAfterMs,
  };
}

/** The traces of all waiters, each once; a waiter without a trace is left out. */
export function tracesOf(
  waited: readonly { readonly waiters: Iterable<{ readonly operation: { readonly trace?: unknown } }> }[],
): unknown[] {
  const traces = new Set<unknown>();
  for (const { waiters } of waited) for (const { operation } of waiters) traces.add(operation.trace);
  traces.delete(undefined);
  return [...traces];
}
