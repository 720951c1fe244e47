/** The request, the call and the answer that the emulator's endpoints work with. */
import type { Caller } from '../caller.ts';
import type { GraphPath } from '../path.ts';

/** One request to Graph: an HTTP request, or a part of a batch, which is treated alike. */
export interface GraphRequest {
  readonly method: string;
  /** The scheme and host that the client addressed, without a path. */
  readonly origin: string;
  /** Path and query exactly as received; for a part, prefixed with the version root of its batch. */
  readonly target: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestId: string;
  readonly clientRequestId: string;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  readonly isPart: boolean;
  /** The body as JSON. Throws a GraphError when it is not JSON. */
  readonly json: () => unknown;
  /** Called when the part at this index of a batch was answered. */
  readonly partAnswered: (place: number, status: number) => void;
}

/** A request with its parsed path and its caller, as endpoints receive it. */
export interface GraphCall {
  readonly request: GraphRequest;
  readonly path: GraphPath;
  readonly caller: Caller;
}

export type GraphBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly sizeBytes: number; chunks(): Iterable<Buffer> };

/** An answer of Graph. Without `body` it has none on the wire either. */
export interface GraphAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: GraphBody;
}

/** How Graph labels JSON: https://learn.microsoft.com/en-us/graph/json-batching */
export const jsonContentType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** An answer that holds JSON. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): GraphAnswer {
  return {
    status,
    headers: { 'Cache-Control': 'no-cache', 'OData-Version': '4.0', ...headers, 'Content-Type': jsonContentType },
    body: { kind: 'json', value },
  };
}
