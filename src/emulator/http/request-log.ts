/** The log of HTTP requests that the emulator received. */
import { isObject } from '../shape.ts';

/** One HTTP request and its outcome. */
export interface RequestLogEntry {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  /** The server that received it: Graph, or the other origin to which content may be redirected. */
  readonly host: 'graph' | 'content';
  /** Null until the request is answered. */
  readonly status: number | null;
  readonly headers: LoggedHeaders;
  /** Whether the client disconnected before it had the whole answer. */
  readonly aborted: boolean;
  /** The parts of a batch, in the order of the request; absent for other requests. */
  readonly parts?: readonly PartLogEntry[];
}

export interface LoggedHeaders {
  readonly 'client-request-id': string | null;
  readonly authorization: 'application' | 'delegated' | 'none';
  readonly prefer: string | null;
  readonly accept: string | null;
  readonly range: string | null;
}

export interface PartLogEntry {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  /** The `client-request-id` among the headers of the part. */
  readonly clientRequestId: string | null;
  readonly status: number | null;
}

/** A request in flight; these functions update its entry in the log. */
export interface LoggedRequest {
  readonly answered: (status: number) => void;
  readonly aborted: () => void;
  /** Records the parts of a batch from its body. */
  readonly batch: (body: string) => void;
  readonly partAnswered: (place: number, status: number) => void;
}

export interface RequestLog {
  readonly entries: readonly RequestLogEntry[];
  readonly arrived: (request: Pick<RequestLogEntry, 'method' | 'url' | 'host' | 'headers'>) => LoggedRequest;
  readonly clear: () => void;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Keeps the newest HTTP requests, in order of arrival. */
export function createRequestLog(capacity = 10_000): RequestLog {
  const entries: RequestLogEntry[] = [];
  return {
    entries,

    arrived(request) {
      const entry: Mutable<RequestLogEntry> = { ...request, status: null, aborted: false };
      const parts: Mutable<PartLogEntry>[] = [];
      entries.push(entry);
      if (entries.length > capacity) {
        entries.shift();
      }
      return {
        answered(status) {
          entry.status = status;
        },
        aborted() {
          entry.aborted = true;
        },
        batch(body) {
          parts.push(...partsOf(body));
          entry.parts = parts;
        },
        partAnswered(place, status) {
          const part = parts[place];
          if (part !== undefined) {
            part.status = status;
          }
        },
      };
    },

    clear() {
      entries.length = 0;
    },
  };
}

// Malformed parts are recorded too: the answer says what is wrong with them.
function partsOf(body: string): PartLogEntry[] {
  const requests = requestsOf(body);
  return requests.map((part) => {
    const { headers, id, method, url } = isObject(part) ? part : {};
    const clientRequestId = isObject(headers) ? headers['client-request-id'] : undefined;
    return {
      id: String(id),
      method: String(method),
      url: String(url),
      clientRequestId: typeof clientRequestId === 'string' ? clientRequestId : null,
      status: null,
    };
  });
}

function requestsOf(body: string): readonly unknown[] {
  try {
    const batch: unknown = JSON.parse(body);
    return isObject(batch) && Array.isArray(batch['requests']) ? batch['requests'] : [];
  } catch {
    // No JSON, so no parts.
    return [];
  }
}
