/** The errors of requests to Microsoft Graph: one failed, its input is invalid, or the budget is used up. */

/**
 * Why a request to Microsoft Graph has no usable response.
 *
 * - `status`: Graph responded with an error status.
 * - `unreachable`: the connection failed before the response was complete.
 * - `timeout`: no complete response arrived within the time allowed.
 * - `malformed`: the response is not what Graph's documentation specifies.
 * - `token`: no access token for Graph was available.
 */
export type GraphErrorReason = 'status' | 'unreachable' | 'timeout' | 'malformed' | 'token';

interface GraphErrorDetails {
  readonly reason: GraphErrorReason;
  /** The HTTP status, when there was one. */
  readonly status?: number;
  /**
   * Graph's own error code (https://learn.microsoft.com/en-us/graph/errors); with the reason `token`, Entra ID's code
   * if it gave no token for this user: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
   */
  readonly code?: string | null;
  /** Graph's `request-id`, by which Microsoft's support finds the request. */
  readonly requestId?: string | null;
  /** How long Graph asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | null;
  /**
   * The claims that the client has to request with its next token from Entra ID, as JSON:
   * https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge
   */
  readonly claims?: string | null;
  /** The name of the storage host that failed, to which Graph had redirected; null when it was Graph itself. */
  readonly host?: string | null;
  readonly cause?: unknown;
}

/** Who responds to a request, in words: a storage host by its name, to which Graph has redirected, else Graph. */
export function responderOf(host: string | null): string {
  return host === null ? 'Microsoft Graph' : `the storage host ${host}`;
}

/** The sentence for a message, which begins with a capital letter. */
export function sentenceOf(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** A request to Microsoft Graph has failed; `reason` says why. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly reason: GraphErrorReason;
  readonly status: number | null;
  readonly code: string | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  readonly claims: string | null;
  readonly host: string | null;

  constructor(message: string, details: GraphErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.reason = details.reason;
    this.status = details.status ?? null;
    this.code = details.code ?? null;
    this.requestId = details.requestId ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.claims = details.claims ?? null;
    this.host = details.host ?? null;
  }
}

/** A caller's input cannot be sent to Graph. The message says what was expected, what came, and what to do. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** An operation has used up its budget of requests to Graph. Earlier results remain valid. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
}
