/** What went wrong, in words for people. The gateway's codes are in docs/errors.md. */
import { CombinedGraphQLErrors, ServerError } from '@apollo/client';

/** A failure as it is shown. */
export interface Failure {
  /** The gateway's code; `NETWORK` where nobody answered. */
  readonly code: string;
  readonly title: string;
  /** What can be done about it. */
  readonly advice: string;
  /** What the gateway said; null where it said nothing. */
  readonly detail: string | null;
  /** Whether asking again may help. */
  readonly canRetry: boolean;
  /** In how many seconds it may; null where nobody said. */
  readonly retryAfterSeconds: number | null;
}

type Words = Pick<Failure, 'title' | 'advice' | 'canRetry'>;

const UNFORESEEN: Words = {
  title: 'Something went wrong',
  advice: 'Trying again does no harm. If it stays so, tell whoever runs the gateway what is said below.',
  canRetry: true,
};

const WORDS: Readonly<Record<string, Words>> = {
  BAD_USER_INPUT: {
    title: 'The gateway cannot ask for this',
    advice: 'Check the id in the address of this page.',
    canRetry: false,
  },
  FORBIDDEN: {
    title: 'These recordings are not yours to see',
    advice: 'Asking again does not help. Whoever runs the gateway can say who may see them.',
    canRetry: false,
  },
  NETWORK: {
    title: 'The gateway does not answer',
    advice: 'Check your connection, then try again.',
    canRetry: true,
  },
  NOT_FOUND: {
    title: 'Nobody is known by this id',
    advice: 'Check the id in the address of this page: it has to be the object id of a user.',
    canRetry: false,
  },
  THROTTLED: {
    title: 'Microsoft Graph is asked too much at the moment',
    advice: 'Wait a little, then try again.',
    canRetry: true,
  },
  UNAUTHENTICATED: {
    title: 'The gateway wants to know who you are',
    advice: 'Give it an access token.',
    canRetry: false,
  },
  UPSTREAM_TIMEOUT: {
    title: 'Microsoft Graph took too long',
    advice: 'Try again. It is often quicker the second time.',
    canRetry: true,
  },
  UPSTREAM_UNAVAILABLE: {
    title: 'Microsoft Graph does not answer',
    advice: 'Try again in a while.',
    canRetry: true,
  },
};

/** What else the same codes mean where a video was to be opened. */
const CONTENT_WORDS: Readonly<Record<string, Words>> = {
  FORBIDDEN: {
    title: 'This video is not yours to watch',
    advice: 'Asking again does not help. What was said about it is below.',
    canRetry: false,
  },
  NOT_FOUND: {
    title: 'The video is gone',
    advice: 'Microsoft Graph does not know this recording any more.',
    canRetry: false,
  },
  THROTTLED: {
    title: 'Too much is watched at the moment',
    advice: 'Close another video, or wait a little, then try again.',
    canRetry: true,
  },
};

/** What stands at a path of something of which nothing is known. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner instanceof Object ? Reflect.get(inner, name) : undefined), value);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Something between the page and the gateway has answered, in a language of its own.
    return null;
  }
}

/** The first error in the body of an answer that stands for `error`. */
function firstError(error: unknown): unknown {
  if (CombinedGraphQLErrors.is(error)) return error.errors[0];
  if (ServerError.is(error)) return at(parse(error.bodyText), 'errors', 0);
  return null;
}

function codeOf(error: unknown, told: unknown): string {
  const code = at(told, 'extensions', 'code');
  if (typeof code === 'string') return code;
  // An event stream that was refused has a status and no body.
  const status = ServerError.is(error) ? error.statusCode : at(error, 'response', 'status');
  if (status === 401) return 'UNAUTHENTICATED';
  return status === 403 ? 'FORBIDDEN' : 'NETWORK';
}

/** The failure that an error of the gateway's own stands for. */
function failureOfError(code: string, told: unknown): Failure {
  const message = at(told, 'message');
  const retryAfter = at(told, 'extensions', 'retryAfter');
  return {
    ...(WORDS[code] ?? UNFORESEEN),
    code,
    detail: typeof message === 'string' ? message : null,
    retryAfterSeconds: typeof retryAfter === 'number' ? retryAfter : null,
  };
}

/** Says of anything that Apollo Client or graphql-sse has thrown or given what it is. */
export function failureOf(error: unknown): Failure {
  const told = firstError(error);
  return failureOfError(codeOf(error, told), told);
}

/** The words of the door of content, which is not GraphQL's, for an answer with this body; null where it has none. */
export function failureOfBody(body: string): Failure | null {
  const told = at(parse(body), 'errors', 0);
  const code = at(told, 'extensions', 'code');
  return typeof code === 'string' ? { ...failureOfError(code, told), ...CONTENT_WORDS[code] } : null;
}
