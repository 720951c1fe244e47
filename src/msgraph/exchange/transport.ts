/** HTTP exchanges with Microsoft Graph, and with no other host. */
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { Pool } from 'undici';
import { onAbort } from '../../abort.ts';
import { alsoTrusting } from '../../certificate-authorities.ts';
import type { Clock } from '../../clock.ts';
import { GraphError, responderOf, sentenceOf } from '../error.ts';
import { requestName } from '../path.ts';
import { PREFER, parseJson, tooLong } from './reply.ts';
import type { Reply } from './reply.ts';
import { requestWhole } from './whole-response.ts';
import type { WholeResponse } from './whole-response.ts';

export interface TransportOptions {
  /** The origin of Graph, without a version: `https://graph.microsoft.com`. */
  readonly origin: string;
  /** The trusted authorities, as `trusting` creates them; the default ones when left out. */
  readonly secureContext?: SecureContext | undefined;
  /** How many connections to Graph may be open. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** From sending the request to the last header of the response. */
  readonly headersTimeoutMs: number;
  /** Between two chunks of the body. */
  readonly bodyTimeoutMs: number;
  /** From sending the request to the end of the body. */
  readonly wholeTimeoutMs: number;
  readonly maxReplyBytes: number;
  /** Times the whole exchange. The other timeouts are undici's. */
  readonly clock: Clock;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path on the origin, with the version, already encoded. */
  readonly path: string;
  readonly clientRequestId: string;
  /** The access token for the request. */
  readonly token: string;
  /** The body, in JSON. */
  readonly json?: string | undefined;
  /** Sent in addition to the headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Transport {
  /**
   * Sends one request once and reads its whole response, whatever its status. Rejects with a `GraphError` when the
   * response is incomplete or unreadable, and with the reason of the signal when that aborts.
   */
  send(request: TransportRequest): Promise<Reply>;
  /** Waits for pending requests, then closes the connections. */
  close(): Promise<void>;
}

const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** The code of an error; its name if it has none, as undici's parser has none for bytes that are not HTTP. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/**
 * The error for an exchange without a whole response, whatever the network or undici threw. `host` is the storage host
 * to which Graph redirected the request; null when it was Graph that did not respond.
 */
export function transportError(error: unknown, what: string, host: string | null = null): GraphError {
  if (error instanceof GraphError) return error;
  const code = errorCode(error);
  const responder = responderOf(host);
  return TIMEOUT_CODES.has(code)
    ? new GraphError(sentenceOf(`${responder} took too long to respond to ${what} (${code}).`), {
        reason: 'timeout',
        host,
        cause: error,
      })
    : new GraphError(`The connection to ${responder} failed for ${what} (${code}).`, {
        reason: 'unreachable',
        host,
        cause: error,
      });
}

/** The value of a header, the first of several. */
export function firstOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/**
 * Adds one certificate authority, in PEM, to the default ones; returns undefined without one. Called once for all
 * connections: to parse the hundreds of authorities for each would block the process for ten milliseconds.
 */
export function trusting(certificateAuthority: string | undefined): SecureContext | undefined {
  return certificateAuthority === undefined ? undefined : createSecureContext(alsoTrusting(certificateAuthority));
}

interface PoolOptions extends Pick<
  TransportOptions,
  'secureContext' | 'connectTimeoutMs' | 'headersTimeoutMs' | 'bodyTimeoutMs'
> {
  /** Null without a limit. */
  readonly connections: number | null;
}

/**
 * The options of a pool: its limits, the trusted authorities, and HTTP/1.1 even where a host offers HTTP/2. With HTTP/2
 * all requests to the host would share one connection and break together with it, and a dead one would stay in use,
 * because aborting a request does not close it.
 */
export function poolOptions({ connections, connectTimeoutMs: timeout, secureContext, ...timeouts }: PoolOptions) {
  return {
    connections,
    connect: secureContext === undefined ? { timeout } : { timeout, secureContext },
    headersTimeout: timeouts.headersTimeoutMs,
    bodyTimeout: timeouts.bodyTimeoutMs,
    allowH2: false,
  };
}

function headersOf({ headers, token, clientRequestId, json }: TransportRequest): Record<string, string> {
  const all: Record<string, string> = {
    ...headers,
    accept: 'application/json',
    authorization: `Bearer ${token}`,
    'client-request-id': clientRequestId,
    prefer: PREFER,
  };
  if (json !== undefined) all['content-type'] = 'application/json';
  return all;
}

/**
 * Creates the transport to one origin. The pool can reach no other, and a redirect is returned like any other response
 * and never followed. So the token is sent nowhere else.
 */
export function createTransport(options: TransportOptions): Transport {
  const pool = new Pool(options.origin, poolOptions(options));

  function toReply({ status, headers, body }: WholeResponse, what: string): Reply {
    const header = (name: string): string | null => firstOf(headers[name]);
    try {
      if (body === null) throw tooLong(options.maxReplyBytes, what);
      return { status, header, body: parseJson(body, what) };
    } catch (error) {
      // The page of a proxy says no more than its status, which is enough.
      if (status >= 400) return { status, header, body: undefined };
      throw error;
    }
  }

  return {
    async send(request) {
      const { method, path, json = null, signal } = request;
      signal.throwIfAborted();
      const what = requestName(method, path);
      const { response, breakOff } = requestWhole(
        pool,
        { method, path, headers: headersOf(request), body: json },
        options.maxReplyBytes,
      );
      const cancelTimeout = options.clock.after(options.wholeTimeoutMs, () => {
        breakOff(
          new GraphError(
            `Microsoft Graph did not complete its response to ${what} within ${options.wholeTimeoutMs} ms.`,
            {
              reason: 'timeout',
            },
          ),
        );
      });
      const stopListening = onAbort(signal, () => breakOff(signal.reason));
      try {
        return toReply(await response, what);
      } catch (error) {
        throw signal.aborted ? signal.reason : transportError(error, what);
      } finally {
        cancelTimeout();
        stopListening();
      }
    },
    close: () => pool.close(),
  };
}
