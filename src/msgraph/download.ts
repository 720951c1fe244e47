/** One GET whose answer is bytes, from Microsoft Graph or from where Graph sends on to, without reading them. */
import type { SecureContext } from 'node:tls';
import { Agent, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { GraphError } from './error.ts';
import { requestName } from './path.ts';
import { PrivateAddressError, isLoopback, lookupWithin, mayFollow } from './public-address.ts';
import { connectOptions, firstOf, transportError } from './transport.ts';

export interface DownloadOptions {
  /** The origin of Graph, without a version: the only one that gets the token. */
  readonly origin: string;
  /** Whom to trust, as `trusting` makes it; the usual authorities when left out. */
  readonly secureContext?: SecureContext | undefined;
  /** How many connections to one origin may be open; null for as many as there are downloads. */
  readonly connections: number | null;
  readonly connectTimeoutMs: number;
  /** From sending the request to the last header of the answer, each time that it is sent on. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body, while somebody reads it. */
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
  /** Sent with the token, and to nobody who does not get that. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts the request until it is answered; after that whoever has the body destroys it. */
  readonly signal: AbortSignal;
}

/** Bytes that come as they are read, and no faster. Who has them reads them to the end, or destroys them. */
export interface Body extends AsyncIterable<Buffer> {
  destroy(): unknown;
  /**
   * Reads what is left, so that the connection can be used again; gives it up when that is more than `limit` bytes, or when
   * the signal aborts, with whose reason it rejects then.
   */
  dump(options: { readonly limit: number; readonly signal?: AbortSignal }): Promise<void>;
}

/** An answer whose body nobody has read yet. */
export interface Download {
  readonly status: number;
  /** A header's value, by its name in lower case. */
  readonly header: (name: string) => string | null;
  readonly body: Body;
}

export interface Downloads {
  /** Opens one download. Rejects with a `GraphError` when there is no answer, and with the reason of the signal when that aborted it. */
  open(request: DownloadRequest): Promise<Download>;
  /** Breaks off what is under way and closes the connections. */
  close(): Promise<void>;
}

const nobodyListens = (): void => {};

/** https://www.rfc-editor.org/rfc/rfc9110#section-15.4; of the others none leads to the content. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;
/** What the body of a redirect may have; with more of it the connection is given up instead. */
const MOST_REDIRECT_BYTES = 16 * 1_024;

function badRedirect(what: string, where: string): GraphError {
  return new GraphError(
    `Microsoft Graph answered ${what} with a redirect to ${where}, where no content may be fetched from: expected https to a public address.`,
    { reason: 'malformed' },
  );
}

/**
 * Opens the ways by which content comes. Graph may answer with the bytes, or send on to a storage host with a URL that is
 * its own key (https://learn.microsoft.com/en-us/graph/api/driveitem-get-content), which gets no token.
 */
export function createDownloads(options: DownloadOptions): Downloads {
  const { origin } = options;
  const reach = { allowsLoopback: isLoopback(new URL(origin)) };
  const connect = connectOptions(options);
  const bounds = {
    connections: options.connections,
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    // In HTTP/2 all streams from one host would share a connection, and what breaks that breaks them all.
    allowH2: false,
  };
  const graph = new Pool(origin, { connect, ...bounds });
  const elsewhere = new Agent({ connect: { ...connect, lookup: lookupWithin(reach) }, ...bounds });

  /** Sends the request to one URL, with the token where only Graph has had a say in which URL that is. */
  async function ask(
    url: URL,
    hasLeft: boolean,
    request: DownloadRequest,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const headers = {
      accept: '*/*',
      // The bytes are counted by the range that was asked for: they have to come as they are.
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
    // Without the URL itself, which is the key to the content.
    throw badRedirect(what, url === null ? 'nowhere' : `${url.protocol}//${url.hostname}`);
  }

  async function follow(request: DownloadRequest, what: string, signal: AbortSignal): Promise<Download> {
    let url = new URL(`${origin}${request.path}`);
    // What another host sends back to Graph is asked without the token, as in browsers: otherwise that host would choose what is
    // read with it. https://fetch.spec.whatwg.org/#http-redirect-fetch
    let hasLeft = false;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      // Where the next request goes is in the answer to the one before.
      // oxlint-disable-next-line no-await-in-loop
      const { statusCode: status, headers, body } = await ask(url, hasLeft, request, signal);
      const header = (name: string): string | null => firstOf(headers[name]);
      // Who reads the body learns of its end; who destroys it needs no telling, but nobody listening would end the process.
      body.on('error', nobodyListens);
      if (!REDIRECTS.includes(status)) return { status, header, body };
      // oxlint-disable-next-line no-await-in-loop
      await body.dump({ limit: MOST_REDIRECT_BYTES });
      url = next(url, header('location'), what);
      hasLeft ||= url.origin !== origin;
    }
    throw new GraphError(
      `Microsoft Graph answered ${what} with more than ${MOST_REDIRECTS} redirects, one after the other.`,
      { reason: 'malformed' },
    );
  }

  return {
    async open(request) {
      const what = requestName('GET', request.path);
      // The signal holds until there is an answer, but undici's also breaks off what is read after that.
      const controller = new AbortController();
      const onAbort = (): void => controller.abort(request.signal.reason);
      request.signal.addEventListener('abort', onAbort, { once: true });
      if (request.signal.aborted) onAbort();
      try {
        return await follow(request, what, controller.signal);
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        throw error instanceof PrivateAddressError ? badRedirect(what, error.hostname) : transportError(error, what);
      } finally {
        request.signal.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      await Promise.all([graph.destroy(), elsewhere.destroy()]);
    },
  };
}
