/** One HTTP exchange with Microsoft Graph, and with nobody else. */
import { getCACertificates } from 'node:tls';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { GraphError } from './error.ts';
import { requestName } from './path.ts';
import { PREFER, readJson } from './reply.ts';
import type { Reply } from './reply.ts';

export interface TransportOptions {
  /** The origin of Graph, without a version: `https://graph.microsoft.com`. */
  readonly origin: string;
  /** A trusted certificate authority beside the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  /** How many connections to Graph may be open. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** From sending the request to the last header of the answer. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body. */
  readonly bodyTimeoutMs: number;
  /** From sending the request to the end of the body. */
  readonly wholeTimeoutMs: number;
  readonly maxReplyBytes: number;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path on the origin, with the version, already encoded. */
  readonly path: string;
  readonly clientRequestId: string;
  /** The access token for the request. */
  readonly token: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent besides those that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Transport {
  /**
   * Sends one request once and reads its whole answer, whatever its status. Rejects with a `GraphError` when there is no
   * whole answer, and with the reason of the signal when that aborted it.
   */
  send(request: TransportRequest): Promise<Reply>;
  /** Lets the requests that are under way finish, then closes the connections. */
  close(): Promise<void>;
}

const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** The error that stands for an exchange without a whole answer, whatever the network or undici threw. */
export function transportError(error: unknown, what: string): GraphError {
  if (error instanceof GraphError) return error;
  const code = errorCode(error);
  return TIMEOUT_CODES.has(code)
    ? new GraphError(`Microsoft Graph was too slow to answer ${what} (${code}).`, { reason: 'timeout', cause: error })
    : new GraphError(`The connection to Microsoft Graph failed at ${what} (${code}).`, {
        reason: 'unreachable',
        cause: error,
      });
}

/** The one value of a header; of several the first. */
export function firstOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** How connections are made: within a time, and trusting one certificate authority more where there is one. */
export function connectOptions({
  connectTimeoutMs,
  certificateAuthority,
}: Pick<TransportOptions, 'connectTimeoutMs' | 'certificateAuthority'>): { timeout: number; ca?: string[] } {
  const ca = certificateAuthority === undefined ? {} : { ca: [...getCACertificates('default'), certificateAuthority] };
  return { timeout: connectTimeoutMs, ...ca };
}

/**
 * Opens the way to one origin. The pool can reach no other, and a redirect is an answer like any other and never
 * followed, so that the token goes nowhere else.
 */
export function createTransport(options: TransportOptions): Transport {
  const pool = new Pool(options.origin, {
    connections: options.connections,
    connect: connectOptions(options),
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
  });

  async function exchange(request: TransportRequest, what: string, signal: AbortSignal): Promise<Reply> {
    const headers: Record<string, string> = {
      ...request.headers,
      accept: 'application/json',
      authorization: `Bearer ${request.token}`,
      'client-request-id': request.clientRequestId,
      prefer: PREFER,
    };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    const response: Dispatcher.ResponseData = await pool.request({
      method: request.method,
      path: request.path,
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal,
    });
    const header = (name: string): string | null => firstOf(response.headers[name]);
    const status = response.statusCode;
    try {
      return { status, header, body: await readJson(response.body, options.maxReplyBytes, what) };
    } catch (error) {
      // A proxy's page says no more than its status, and that is enough to go by.
      if (error instanceof GraphError && status >= 400) return { status, header, body: undefined };
      throw error;
    }
  }

  return {
    async send(request) {
      const what = requestName(request.method, request.path);
      const controller = new AbortController();
      const onAbort = (): void => controller.abort(request.signal.reason);
      const timer = setTimeout(() => {
        controller.abort(
          new GraphError(`Microsoft Graph did not answer ${what} within ${options.wholeTimeoutMs} ms.`, {
            reason: 'timeout',
          }),
        );
      }, options.wholeTimeoutMs);
      request.signal.addEventListener('abort', onAbort, { once: true });
      if (request.signal.aborted) onAbort();
      try {
        return await exchange(request, what, controller.signal);
      } catch (error) {
        throw request.signal.aborted ? request.signal.reason : transportError(error, what);
      } finally {
        clearTimeout(timer);
        request.signal.removeEventListener('abort', onAbort);
      }
    },
    close: () => pool.close(),
  };
}
