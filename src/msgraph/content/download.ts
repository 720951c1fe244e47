/** One GET for bytes, from Microsoft Graph or a host that it redirects to, without reading them. */
import type { SecureContext } from 'node:tls';
import { Agent, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { onAbort } from '../../abort.ts';
import { isLoopback } from '../../loopback.ts';
import { GraphError } from '../error.ts';
import { firstOf, poolOptions, transportError } from '../exchange/transport.ts';
import { requestName } from '../path.ts';
import { PrivateAddressError, lookupWithin, mayFollow } from './public-address.ts';

export interface DownloadOptions {
  /** The origin of Graph, without a version: the only one that gets the token. */
  readonly origin: string;
  /** TLS trust, as `trusting` makes it; the usual authorities when left out. */
  readonly secureContext?: SecureContext | undefined;
  /** How many connections to one origin may be open; null for one per download. */
  readonly connections: number | null;
  readonly connectTimeoutMs: number;
  /** From sending the request to the last header of the response, anew for each redirect. */
  readonly headersTimeoutMs: number;
  /** Between two chunks of the body, while it is being read. */
  readonly bodyTimeoutMs: number;
}

export interface DownloadRequest {
  /** The path on Graph's origin, with the version, already encoded. */
  readonly path: string;
  /** The `Range` header, as it is sent; null for the whole. */
  readonly range: string | null;
  readonly clientRequestId: string;
  /** The access token for the request. */
  readonly token: string;
  /** Sent only with requests that carry the token. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Called once, when Graph has answered with a redirect to another host: with that answer's status. From then on,
   * nothing that happens concerns Graph.
   */
  readonly onLeft?: (status: number) => void;
  /** Aborts the request until it is answered; after that the body's owner destroys it. */
  readonly signal: AbortSignal;
}

/** A byte stream with backpressure. Its owner has to read it to the end or destroy it. */
export interface Body extends AsyncIterable<Buffer> {
  destroy(): unknown;
  /**
   * Reads the rest, so that the connection can be reused. Closes it instead when more than `limit` bytes are left, or
   * when the signal aborts; then rejects with the signal's reason.
   */
  dump(options: { readonly limit: number; readonly signal?: AbortSignal }): Promise<void>;
}

/** A response whose body is still unread. */
export interface Download {
  readonly status: number;
  /** The name of the storage host that responded, after a redirect by Graph; null when it was Graph. */
  readonly host: string | null;
  /** A header's value, by its name in lower case. */
  readonly header: (name: string) => string | null;
  readonly body: Body;
}

export interface Downloads {
  /** Opens one download. Rejects with a `GraphError` when there is no response, with the signal's reason if aborted. */
  open(request: DownloadRequest): Promise<Download>;
  /** Aborts all downloads and closes the connections. */
  close(): Promise<void>;
}

const nobodyListens = (): void => {};

/** https://www.rfc-editor.org/rfc/rfc9110#section-15.4; no other leads to the content. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;
/** The largest redirect body that is read; for a larger one the connection is closed. */
const MOST_REDIRECT_BYTES = 16 * 1_024;

function badRedirect(what: string, where: string): GraphError {
  return new GraphError(
    `Microsoft Graph redirected ${what} to ${where}, which is not allowed. Redirects must lead to a public address over https.`,
    { reason: 'malformed' },
  );
}

/**
 * Creates the connections for content. Graph may answer with the bytes, or redirect to a pre-authenticated URL of a
 * storage host (https://learn.microsoft.com/en-us/graph/api/driveitem-get-content), which gets no token.
 */
export function createDownloads(options: DownloadOptions): Downloads {
  const { origin } = options;
  const reach = { allowsLoopback: isLoopback(new URL(origin).hostname) };
  const bounds = poolOptions(options);
  const graph = new Pool(origin, bounds);
  const elsewhere = new Agent({ ...bounds, connect: { ...bounds.connect, lookup: lookupWithin(reach) } });

  /** Sends the request to one URL, with the token only if no host but Graph has chosen that URL. */
  async function ask(
    url: URL,
    hasLeft: boolean,
    request: DownloadRequest,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const headers = {
      accept: '*/*',
      // Ranges count the bytes as they are stored, so they must arrive unencoded.
      'accept-encoding': 'identity',
      ...(request.range === null ? {} : { range: request.range }),
    };
    const path = `${url.pathname}${url.search}`;
    if (url.origin !== origin) {
      return elsewhere.request({ origin: url.origin, path, method: 'GET', headers, signal });
    }
    if (hasLeft) return graph.request({ path, method: 'GET', headers, signal });
    const authorization = `Bearer ${request.token}`;
    const own = { ...request.headers, ...headers, authorization, 'client-request-id': request.clientRequestId };
    return graph.request({ path, method: 'GET', headers: own, signal });
  }

  function next(from: URL, location: string | null, what: string): URL {
    const url = location === null ? null : URL.parse(location, from);
    if (url !== null && (url.origin === origin || mayFollow(url, reach))) return url;
    // Not the whole URL, which grants access to the content.
    throw badRedirect(what, url === null ? 'an invalid location' : `${url.protocol}//${url.hostname}`);
  }

  async function follow(
    request: DownloadRequest,
    what: string,
    signal: AbortSignal,
    onHost: (host: string) => void,
  ): Promise<Download> {
    let url = new URL(`${origin}${request.path}`);
    // A redirect from another host back to Graph gets no token, as in browsers: otherwise that host would choose what
    // is read with it. https://fetch.spec.whatwg.org/#http-redirect-fetch
    let hasLeft = false;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      // Each response says where the next request goes.
      // oxlint-disable-next-line no-await-in-loop
      const { statusCode: status, headers, body } = await ask(url, hasLeft, request, signal);
      const header = (name: string): string | null => firstOf(headers[name]);
      // A reader sees the error, and a destroyed body needs no handler, but without one the event ends the process.
      body.on('error', nobodyListens);
      if (!REDIRECTS.includes(status)) return { status, host: hasLeft ? url.hostname : null, header, body };
      // oxlint-disable-next-line no-await-in-loop
      await body.dump({ limit: MOST_REDIRECT_BYTES });
      url = next(url, header('location'), what);
      if (!hasLeft && url.origin !== origin) request.onLeft?.(status);
      hasLeft ||= url.origin !== origin;
      if (hasLeft) onHost(url.hostname);
    }
    throw new GraphError(
      `Microsoft Graph responded to ${what} with more than ${MOST_REDIRECTS} consecutive redirects.`,
      { reason: 'malformed' },
    );
  }

  return {
    async open(request) {
      const what = requestName('GET', request.path);
      // The caller's signal applies only until the response, but undici would abort the body with it.
      const controller = new AbortController();
      const stopListening = onAbort(request.signal, () => controller.abort(request.signal.reason));
      let host: string | null = null;
      try {
        return await follow(request, what, controller.signal, (name) => {
          host = name;
        });
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        throw error instanceof PrivateAddressError
          ? badRedirect(what, error.hostname)
          : transportError(error, what, host);
      } finally {
        stopListening();
      }
    },
    async close() {
      await Promise.all([graph.destroy(), elsewhere.destroy()]);
    },
  };
}
