import { GraphError } from './error.ts';
import type { GraphRequest } from './exchange.ts';
import { pathTemplate } from './exchange-watch.ts';

/** What came of one HTTP request to Graph. */
export interface Outcome {
  /** What was asked for, in words that are the same for all of which an answer takes as long. */
  readonly kind: string;
  /** How many requests it was, a part of a batch counting as one. */
  readonly parts: number;
  /** How many of them Graph has throttled. */
  readonly throttled: number;
  /** How long Graph asks to wait, in milliseconds; null where it does not. */
  readonly retryAfterMs: number | null;
  /** Whether there was no answer, or none but that the service is away. */
  readonly isFailure: boolean;
  /** What it was about, if it was about one thing, whose trouble a failure may be; null for Graph as a whole. */
  readonly about: string | null;
  readonly durationMs: number;
}

/** After so long without an answer, whoever gave up waiting has learnt something about Graph. */
const SILENT_MS = 3_000;

/** What one part asked for. */
type Asked = Pick<GraphRequest, 'method' | 'path'>;

/** Whether Graph was not there, or only to say that it is away. */
function isAway({ reason, status }: GraphError): boolean {
  return reason === 'unreachable' || reason === 'timeout' || (status !== null && [502, 503, 504].includes(status));
}

/** The one thing that a failure was about. A connection that fails does so whatever is asked. */
function aboutOf([first, ...others]: readonly Asked[], { reason }: GraphError): string | null {
  return first !== undefined && others.length === 0 && reason !== 'unreachable' ? first.path : null;
}

/** What was asked for, without what is different each time: a batch is as slow as the slowest of what is in it. */
function describeAsked(asked: readonly Asked[]): string {
  const templates = new Set<string>();
  let last = '';
  for (const { method, path } of asked) {
    const template = `${method} ${pathTemplate(path)}`;
    // Most are like the one before, and it takes less to see that than to look for them.
    if (template !== last) templates.add(template);
    last = template;
  }
  return [asked.length > 1 ? 'batch' : 'single', ...[...templates].toSorted()].join(' ');
}

/**
 * What one HTTP request came to for those who decide how much is asked, from the outcome of each of its parts: a body, or an
 * error. Null where it was abandoned so early that it came to nothing.
 */
export function outcomeOf(
  asked: readonly Asked[],
  outcomes: readonly unknown[],
  durationMs: number,
  isAbandoned: boolean,
): Outcome | null {
  if (isAbandoned && durationMs < SILENT_MS) return null;
  const errors = outcomes.filter((outcome) => outcome instanceof GraphError);
  const throttled = errors.filter(({ status }) => status === 429);
  const waits = throttled.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  // A batch that was answered is one whatever its parts say. One that was not stands in the place of each of them.
  const [whole, ...others] = errors.length === outcomes.length ? new Set(errors) : [];
  const failure = whole !== undefined && others.length === 0 && isAway(whole) ? whole : null;
  return {
    // Looked at now and then only, and it takes a while.
    get kind() {
      return describeAsked(asked);
    },
    parts: outcomes.length,
    throttled: throttled.length,
    retryAfterMs: waits.length === 0 ? null : Math.max(...waits),
    isFailure: failure !== null,
    about: failure === null ? null : aboutOf(asked, failure),
    durationMs,
  };
}
