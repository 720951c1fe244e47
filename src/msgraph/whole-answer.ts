/** One answer, read to its end by what undici tells as it comes: most are short, and a stream costs more than all the rest of one. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** An answer with all of its body. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** In the pieces in which it came; null when it is longer than was allowed, and was broken off. */
  readonly body: readonly Buffer[] | null;
}

/** An answer that is to come. */
export interface AwaitedAnswer {
  /** Rejects with what breaks it off, and with what undici says when the connection fails. */
  readonly answer: Promise<WholeAnswer>;
  /** Breaks it off for this reason; nothing happens when it is there. */
  readonly breakOff: (reason: Error) => void;
}

/** Asks once, and reads up to `maxBytes` of the body: https://undici.nodejs.org/#/docs/api/Dispatcher?id=dispatcherdispatchoptions-handler */
export function askForWhole(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  maxBytes: number,
): AwaitedAnswer {
  const { promise: answer, resolve, reject } = Promise.withResolvers<WholeAnswer>();
  const body: Buffer[] = [];
  let controller: Dispatcher.DispatchController | null = null;
  let broken: Error | null = null;
  let status = 0;
  let headers: IncomingHttpHeaders = {};
  let bytes = 0;

  dispatcher.dispatch(request, {
    onRequestStart(started) {
      controller = started;
      // While it waited for a connection.
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
      started.abort(new Error('The answer is longer than is allowed.'));
    },
    onResponseEnd: () => resolve({ status, headers, body }),
    onResponseError: (_, error) => reject(error),
  });

  return {
    answer,
    breakOff(reason) {
      broken = reason;
      if (controller === null) reject(reason);
      else controller.abort(reason);
    },
  };
}
