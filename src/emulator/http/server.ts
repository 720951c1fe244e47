/** The emulator's HTTP servers: parse requests, log them and send the answers. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { identify } from '../caller.ts';
import { createMatcher } from '../faults/match.ts';
import { GraphError, badRequest } from '../graph-error.ts';
import type { Serve } from '../service.ts';
import type { Settings } from '../settings.ts';
import type { GraphRequest } from './exchange.ts';
import type { LoggedHeaders, LoggedRequest, RequestLog } from './request-log.ts';
import { transmit } from './transmission.ts';

const largestBodyBytes = 4 * 1024 * 1024;

const isBatch = createMatcher({ method: 'POST', pathPattern: String.raw`/\$batch/?$` });

/** The path prefix of the emulator's control plane. */
const controlPath = '/emulator/';

/**
 * Creates an HTTP server, not yet listening. It logs each request, has `serve` answer it, and sends the answer with the
 * headers that every answer of Graph has. Requests to the control plane go to `serveControl` and are not logged.
 */
export function createGraphServer(dependencies: {
  readonly host: 'graph' | 'content';
  readonly settings: Settings;
  readonly log: RequestLog;
  readonly serve: Serve;
  readonly serveControl: Serve;
  readonly now: () => number;
}): Server {
  const { host, log, now, serve, serveControl, settings } = dependencies;

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = incoming;
    const isControl = url.startsWith(controlPath);
    const logged = isControl ? undefined : log.arrived({ method, url, host, headers: headersOfInterest(incoming) });
    const gone = new AbortController();
    let isBroken = false;
    response.on('close', () => {
      if (!response.writableFinished) {
        gone.abort();
        if (!isBroken) {
          logged?.aborted();
        }
      }
    });
    const request = await readRequest(incoming, gone.signal, logged);
    if (!isControl && settings.latencyMs > 0) {
      await delay(settings.latencyMs, undefined, { signal: gone.signal });
    }
    const { answer, fault } = await (isControl ? serveControl : serve)(request);
    if (gone.signal.aborted) {
      return;
    }
    isBroken = fault?.kind === 'reset' || fault?.kind === 'cut';
    if (fault?.kind !== 'reset') {
      logged?.answered(answer.status);
    }
    const headers = { ...headersOfEveryAnswer(request, now()), ...answer.headers };
    await transmit(response, { ...answer, headers }, fault, gone.signal);
  }

  return createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      // A client that disconnects aborts its request. Any other error is a bug in the emulator.
      if (!incoming.socket.destroyed) {
        throw error;
      }
    });
  });
}

async function readRequest(
  incoming: IncomingMessage,
  signal: AbortSignal,
  logged: LoggedRequest | undefined,
): Promise<GraphRequest> {
  const { method = '', url = '', headers } = incoming;
  const body = await readBody(incoming);
  if (isBatch({ method, target: url })) {
    logged?.batch(body?.toString() ?? '');
  }
  return {
    method,
    origin: `${scheme(incoming)}://${headers.host ?? ''}`,
    target: url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    requestId: randomUUID(),
    clientRequestId: header(incoming, 'client-request-id') ?? randomUUID(),
    signal,
    isPart: false,
    json() {
      if (body === undefined) {
        throw new GraphError(413, 'RequestEntityTooLarge', `The body is larger than ${largestBodyBytes} bytes.`);
      }
      return parseJson(body.toString());
    },
    partAnswered: (place, status) => logged?.partAnswered(place, status),
  };
}

/** The emulator speaks no TLS. Behind a TLS proxy, its links lead to the proxy. */
function scheme(incoming: IncomingMessage): string {
  return header(incoming, 'x-forwarded-proto') === 'https' ? 'https' : 'http';
}

/** The whole body; undefined when it is too large. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes <= largestBodyBytes) {
      chunks.push(bytes);
    }
  }
  return sizeBytes > largestBodyBytes ? undefined : Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`The body must be JSON: ${String(error)}`);
  }
}

/** https://learn.microsoft.com/en-us/graph/best-practices-concept#reliability-and-support */
function headersOfEveryAnswer(
  { requestId, clientRequestId }: GraphRequest,
  nowMs: number,
): Readonly<Record<string, string>> {
  return {
    // By the emulator's clock, and not by the machine's as Node.js would.
    Date: new Date(nowMs).toUTCString(),
    'request-id': requestId,
    'client-request-id': clientRequestId,
    'x-ms-ags-diagnostic': JSON.stringify({
      ServerInfo: { DataCenter: 'Emulator', Slice: 'E', Ring: '5', ScaleUnit: '001', RoleInstance: 'EMULATOR0001' },
    }),
    'Cache-Control': 'no-cache',
    'Strict-Transport-Security': 'max-age=31536000',
  };
}

function headersOfInterest(incoming: IncomingMessage): LoggedHeaders {
  return {
    'client-request-id': header(incoming, 'client-request-id') ?? null,
    authorization: authorizationKind(incoming.headers.authorization),
    prefer: header(incoming, 'prefer') ?? null,
    accept: header(incoming, 'accept') ?? null,
    range: header(incoming, 'range') ?? null,
  };
}

// With time 0 no token has expired: the log shows the kind of a token, not whether it is valid.
function authorizationKind(authorization: string | undefined): LoggedHeaders['authorization'] {
  try {
    return identify(authorization, 0).kind;
  } catch {
    // No token, or an unreadable one: the answer to the request says which.
    return 'none';
  }
}

function header(incoming: IncomingMessage, name: string): string | undefined {
  return incoming.headers[name]?.toString();
}
