/** Error messages for users. The gateway's codes are in docs/errors.md. */
import { CombinedGraphQLErrors, ServerError } from '@apollo/client';

/** A failure as displayed. */
export interface Failure {
  /** The gateway's code; `NETWORK` without an answer. */
  readonly code: string;
  readonly title: string;
  /** What the user can do. */
  readonly advice: string;
  /** The gateway's message; null where there is none. */
  readonly detail: string | null;
  /** Whether a retry may help. */
  readonly canRetry: boolean;
  /** Seconds until a retry; null where not stated. */
  readonly retryAfterSeconds: number | null;
}

type Words = Pick<Failure, 'title' | 'advice' | 'canRetry'>;

const UNFORESEEN: Words = {
  title: 'Something went wrong',
  advice: 'Try again. If the problem persists, send the message below to the operator of the gateway.',
  canRetry: true,
};

const WORDS: Readonly<Record<string, Words>> = {
  BAD_USER_INPUT: {
    title: 'The request is not valid',
    advice: 'Check the id in the address of this page.',
    canRetry: false,
  },
  FORBIDDEN: {
    title: 'You do not have access to these recordings',
    advice: 'Trying again does not help. The operator of the gateway can tell you who has access.',
    canRetry: false,
  },
  NETWORK: {
    title: 'The gateway does not respond',
    advice: 'Check your connection, then try again.',
    canRetry: true,
  },
  NOT_FOUND: {
    title: 'No user with this id was found',
    advice: 'Check the id in the address of this page. It must be the object id of a user.',
    canRetry: false,
  },
  THROTTLED: {
    title: 'Too many requests to Microsoft Graph',
    advice: 'Try again later.',
    canRetry: true,
  },
  UNAUTHENTICATED: {
    title: 'A valid access token is required',
    advice: 'Enter an access token.',
    canRetry: false,
  },
  UPSTREAM_TIMEOUT: {
    title: 'Microsoft Graph took too long to respond',
    advice: 'Try again. The second attempt is often faster.',
    canRetry: true,
  },
  UPSTREAM_UNAVAILABLE: {
    title: 'Microsoft Graph is not available',
    advice: 'Try again later.',
    canRetry: true,
  },
};

/** Different words for the same codes when opening a video. */
const CONTENT_WORDS: Readonly<Record<string, Words>> = {
  FORBIDDEN: {
    title: 'You do not have access to this video',
    advice: 'Trying again does not help. The message below states the reason.',
    canRetry: false,
  },
  NOT_FOUND: {
    title: 'The video was not found',
    advice: 'Microsoft Graph no longer has this recording.',
    canRetry: false,
  },
  THROTTLED: {
    title: 'Too many videos are open',
    advice: 'Close another video, or try again later.',
    canRetry: true,
  },
};

/** The value at a path of an unknown value. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner instanceof Object ? Reflect.get(inner, name) : undefined), value);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // A proxy between the page and the gateway has answered, in another format.
    return null;
  }
}

/** The first GraphQL error of the response behind `error`. */
function firstError(error: unknown): unknown {
  if (CombinedGraphQLErrors.is(error)) return error.errors[0];
  if (ServerError.is(error)) return at(parse(error.bodyText), 'errors', 0);
  return null;
}

function codeOf(error: unknown, told: unknown): string {
  const code = at(told, 'extensions', 'code');
  if (typeof code === 'string') return code;
  // A refused event stream has a status and no body.
  const status = ServerError.is(error) ? error.statusCode : at(error, 'response', 'status');
  if (status === 401) return 'UNAUTHENTICATED';
  return status === 403 ? 'FORBIDDEN' : 'NETWORK';
}

/** Converts a GraphQL error of the gateway to a failure. */
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

/** Converts any error of Apollo Client or graphql-sse to a failure. */
export function failureOf(error: unknown): Failure {
  const told = firstError(error);
  return failureOfError(codeOf(error, told), told);
}

/** Converts an error body of the content endpoint, which is not GraphQL, to a failure; null where it has no code. */
export function failureOfBody(body: string): Failure | null {
  const told = at(parse(body), 'errors', 0);
  const code = at(told, 'extensions', 'code');
  return typeof code === 'string' ? { ...failureOfError(code, told), ...CONTENT_WORDS[code] } : null;
}
