/** The errors with which the emulated Graph refuses requests. */

/**
 * A refusal by Graph, thrown where the reason is found, and answered as https://learn.microsoft.com/en-us/graph/errors
 * describes.
 */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly innerError: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly innerError?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = more.headers ?? {};
    this.innerError = more.innerError ?? {};
  }
}

/** A malformed request. */
export function badRequest(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message);
}

/** A resource that Graph does not have, or does not have under this path. */
export function notFound(message: string): GraphError {
  return new GraphError(404, 'NotFound', message);
}

/** A request that is throttled; the headers say when to retry. */
export function tooManyRequests(headers: Readonly<Record<string, string>>): GraphError {
  return new GraphError(429, 'TooManyRequests', 'Please retry again later.', {
    headers,
    innerError: { code: '429', message: 'Please retry after', status: '429' },
  });
}
