/** Reads whole responses with the callbacks of undici, because a stream costs more than the rest of a short one. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** A response with its whole body. */
export interface WholeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its chunks as received; null when it was longer than allowed, and was aborted. */
  readonly body: readonly Buffer[] | null;
}

/** A pending response. */
export interface AwaitedResponse {
  /** Rejects with the reason of `breakOff`, and with undici's error when the connection fails. */
  readonly response: Promise<WholeResponse>;
  /** Aborts the request for this reason; does nothing once the response is complete. */
  readonly breakOff: (reason: Error) => void;
}

/**
 * Sends a request once, and reads up to `maxBytes` of the body:
 * https://undici.nodejs.org/#/docs/api/Dispatcher?id=dispatcherdispatchoptions-handler
 */
export function requestWhole(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  maxBytes: number,
): AwaitedResponse {
  const { promise: response, resolve, reject } = Promise.withResolvers<WholeResponse>();
  const body: Buffer[] = [];
  let controller: Dispatcher.DispatchController | null = null;
  let broken: Error | null = null;
  let status = 0;
  let headers: IncomingHttpHeaders = {};
  let bytes = 0;

  dispatcher.dispatch(request, {
    onRequestStart(started) {
      controller = started;
      // Broken off while it waited for a connection.
      if (broken !== null) started.abort(broken);
    },
    onResponseStart(_, statusCode, given) {
      status = statusCode;
      headers = given;
    },
    onResponseData(started, chunk) {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) {
        body.push(chunk);
        return;
      }
      resolve({ status, headers, body: null });
      started.abort(new Error('The response is longer than allowed.'));
    },
    onResponseEnd: () => resolve({ status, headers, body }),
    onResponseError: (_, error) => reject(error),
  });

  return {
    response,
    breakOff(reason) {
      broken = reason;
      if (controller === null) reject(reason);
      else controller.abort(reason);
    },
  };
}
