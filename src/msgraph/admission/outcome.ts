/** The outcomes of HTTP requests to Graph, from which limits and circuit breaker learn. */
import { GraphError } from '../error.ts';
import { pathTemplate, saysNothing } from '../exchange/exchange-watch.ts';
import type { GraphRequest } from '../exchange/exchange.ts';

/** The outcome of one HTTP request to Graph. */
export interface Outcome {
  /** Tells the kind of what was requested: requests of one kind take equally long. */
  readonly kind: () => string;
  /** How many requests it was, each part of a batch counting as one. */
  readonly parts: number;
  /** How many of them Graph throttled. */
  readonly throttled: number;
  /** Their paths. */
  readonly paths: readonly string[];
  /** The paths of those that Graph throttled. */
  readonly throttledPaths: readonly string[];
  /** The longest wait that Graph asks for, in milliseconds; null when it asks for none. */
  readonly retryAfterMs: number | null;
  /** Whether there was no response, or only one saying that the service is unavailable. */
  readonly isFailure: boolean;
  /** The path of a failure that may concern this one resource only; null where it concerns Graph as a whole. */
  readonly about: string | null;
  readonly durationMs: number;
}

/** The request of one part. */
type PartRequest = Pick<GraphRequest, 'method' | 'path'>;

/** Whether Graph did not respond, or only to say that it is unavailable. */
function isAway({ reason, status }: GraphError): boolean {
  return reason === 'unreachable' || reason === 'timeout' || (status !== null && [502, 503, 504].includes(status));
}

function isThrottled(outcome: unknown): boolean {
  return outcome instanceof GraphError && outcome.status === 429;
}

/** The one path that a failure may concern. A failed connection concerns every path. */
function aboutOf([first, ...others]: readonly PartRequest[], { reason }: GraphError): string | null {
  return first !== undefined && others.length === 0 && reason !== 'unreachable' ? first.path : null;
}

/** The templates of all paths that were requested: a batch is as slow as its slowest part. */
function describeRequests(requests: readonly PartRequest[]): string {
  const templates = new Set<string>();
  let last = '';
  for (const { method, path } of requests) {
    const template = `${method} ${pathTemplate(path)}`;
    // Most equal the one before, and to compare them takes less than to look them up.
    if (template !== last) templates.add(template);
    last = template;
  }
  return [requests.length > 1 ? 'batch' : 'single', ...[...templates].toSorted()].join(' ');
}

/**
 * The outcome of one HTTP request for the gate, from the outcome of each of its parts: a body, or an error. Null when
 * it was abandoned too early to say anything about Graph.
 */
export function outcomeOf(
  requests: readonly PartRequest[],
  outcomes: readonly unknown[],
  durationMs: number,
  isAbandoned: boolean,
): Outcome | null {
  if (saysNothing(isAbandoned, durationMs)) return null;
  const errors = outcomes.filter((outcome) => outcome instanceof GraphError);
  const throttled = errors.filter(isThrottled);
  const waits = throttled.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  // A batch that was answered is no failure, whatever its parts say. One that was not has one error for all parts.
  const [whole, ...others] = errors.length === outcomes.length ? new Set(errors) : [];
  const failure = whole !== undefined && others.length === 0 && isAway(whole) ? whole : null;
  const paths = requests.map(({ path }) => path);
  return {
    // Rarely called, and takes a while. As a getter, each would make V8 create a hidden class for its object, which keeps
    // the whole response alive until old memory is collected.
    kind: () => describeRequests(requests),
    parts: outcomes.length,
    throttled: throttled.length,
    paths,
    throttledPaths: throttled.length === 0 ? [] : paths.filter((_, index) => isThrottled(outcomes[index])),
    retryAfterMs: waits.length === 0 ? null : Math.max(...waits),
    isFailure: failure !== null,
    about: failure === null ? null : aboutOf(requests, failure),
    durationMs,
  };
}
