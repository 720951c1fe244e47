/** What is told of each exchange with Microsoft Graph to who watches over them, in words that name nobody. */
import { GraphError } from './error.ts';

/** One GET, several of them, what tracks changes, the bytes of a recording, or what concerns a subscription. */
export const exchangeKinds = ['single', 'batch', 'delta', 'content', 'subscription'] as const;

export type ExchangeKind = (typeof exchangeKinds)[number];

/** An exchange that begins. */
export interface BegunExchange {
  readonly kind: ExchangeKind;
  readonly method: string;
  /** The path without what changes from one to the next: `/v1.0/users/{id}`. */
  readonly template: string;
  readonly parts: number;
  /** The traces of the operations that wait for it, each once. */
  readonly traces: readonly unknown[];
}

/** What one request came to: its status, or why there is none. */
export interface PartOutcome {
  readonly outcome: number | string;
  /** How long Graph asks to wait; null where it does not. */
  readonly retryAfterMs: number | null;
}

/** An exchange that is over. */
export interface EndedExchange {
  /** What the whole came to, as in the log. */
  readonly outcome: number | string;
  readonly durationMs: number;
  /** What each part came to; of a lone request the one. */
  readonly parts: readonly PartOutcome[];
}

/** One exchange, watched until it ends. */
export interface ExchangeWatch {
  /** What is sent along to Graph, and to nobody else. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called once, whatever becomes of the exchange. */
  readonly end: (ended: EndedExchange) => void;
}

/** Called when an exchange begins. It must not throw. */
export type WatchExchange = (begun: BegunExchange) => ExchangeWatch;

/** The words of paths that are the same for everybody. Whatever else stands in one may be an id. */
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
/** No path of ours has more. Those that Graph gives are not ours. */
const MOST_SEGMENTS = 8;

function segmentTemplate(path: string, from: number, to: number): string {
  const isCall = path[to - 1] === ')';
  const end = isCall ? path.indexOf('(', from) : to;
  // An id is nearly always longer than any word, and then it is not even read.
  const name = end - from <= LONGEST_WORD ? path.slice(from, end) : '';
  if (!WORDS.has(name)) return '/{id}';
  return isCall ? `/${name}()` : `/${name}`;
}

/** A path without its query, its ids and the arguments of its functions, so that there are few of them. */
export function pathTemplate(path: string): string {
  const query = path.indexOf('?');
  const end = query === -1 ? path.length : query;
  let template = '';
  // Without a list of what is between the slashes: this is done for each part of each batch.
  for (let [from, segments] = [1, 1]; from <= end && segments < MOST_SEGMENTS; segments += 1) {
    const slash = path.indexOf('/', from);
    const to = slash === -1 ? end : Math.min(slash, end);
    template += segmentTemplate(path, from, to);
    from = to + 1;
  }
  return template;
}

/** Which kind of exchange a template stands for. */
export function kindOf(template: string): ExchangeKind {
  if (template === '/$batch') return 'batch';
  if (template.startsWith('/subscriptions')) return 'subscription';
  if (template.endsWith('/content')) return 'content';
  return template.endsWith('/delta') ? 'delta' : 'single';
}

/** What became of one request, where `whole` is what became of all that were sent with it. */
export function partOutcome(result: unknown, whole: number | string): PartOutcome {
  if (!(result instanceof GraphError)) return { outcome: whole, retryAfterMs: null };
  return {
    outcome: result.reason === 'status' ? (result.status ?? whole) : result.reason,
    retryAfterMs: result.retryAfterMs,
  };
}

/** The traces of those who wait for these, each once; who has none is left out. */
export function tracesOf(
  waited: readonly { readonly waiters: Iterable<{ readonly operation: { readonly trace?: unknown } }> }[],
): unknown[] {
  const traces = new Set<unknown>();
  for (const { waiters } of waited) for (const { operation } of waiters) traces.add(operation.trace);
  traces.delete(undefined);
  return [...traces];
}
