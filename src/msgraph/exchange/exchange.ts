/** Sends requests in one HTTP exchange: a lone request as it is, or several GETs as one `$batch`. */
import { GraphError } from '../error.ts';
import { VERSION_ROOT, requestName } from '../path.ts';
import { batchBody, partReplies } from './batch.ts';
import type { Part } from './batch.ts';
import { createExchangeRecord } from './exchange-record.ts';
import type { ExchangeRecordOptions } from './exchange-record.ts';
import { errorOfReply, sentAtMs } from './reply.ts';
import type { Reply } from './reply.ts';
import type { Transport, TransportRequest } from './transport.ts';

/** One request to Graph. GETs may share a batch; a change is sent alone. */
export interface GraphRequest extends Part {
  readonly method: TransportRequest['method'];
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface ExchangeOptions extends ExchangeRecordOptions {
  /** May be shared: no exchange mixes requests of different credentials. */
  readonly transport: Transport;
  /** Whether the tokens are on behalf of a caller. */
  readonly isOnBehalfOf: boolean;
}

/** The error of a batch refused as a whole. Only 401, 429 and 5xx apply to its parts; a 404 is about the batch. */
function errorOfParts(error: GraphError): GraphError {
  const { message, requestId } = error;
  const status = error.status ?? 0;
  const isAboutAll = status === 401 || status === 429 || status >= 500;
  return isAboutAll ? error : new GraphError(message, { reason: 'malformed', requestId });
}

/**
 * Creates the function that carries out exchanges, each of one request or several GETs, with the given access token. It
 * resolves to one outcome per request, in order: the body of a 2xx reply, or an error. It never rejects.
 */
export function createExchange(
  options: ExchangeOptions,
): (
  requests: readonly GraphRequest[],
  token: string,
  signal: AbortSignal,
  traces: () => readonly unknown[],
) => Promise<unknown[]> {
  const { transport, clock } = options;
  const begin = createExchangeRecord(options);

  /** The parts of a batch have no date of their own, but `whole` has. */
  function bodyOrError(reply: Reply, whole: Reply, { method, path }: Pick<GraphRequest, 'method' | 'path'>): unknown {
    if (reply.status >= 200 && reply.status < 300) return reply.body;
    return errorOfReply(reply, requestName(method, path), sentAtMs(whole, clock.now()), options);
  }

  return async (requests, token, signal, traces) => {
    const [first] = requests;
    if (first === undefined) return [];
    const alone = requests.length === 1;
    const { method, path, json } = alone
      ? { ...first, json: first.body === undefined ? undefined : JSON.stringify(first.body) }
      : ({ method: 'POST', path: '/$batch', json: batchBody(requests) } as const);
    const { clientRequestId } = first;
    const { headers, end } = begin({ method, path, parts: requests.length, clientRequestId, traces });
    let status: number | null = null;
    let failure: unknown = null;
    let outcomes: unknown[];
    try {
      const reply = await transport.send({
        method,
        path: `${VERSION_ROOT}${path}`,
        clientRequestId,
        token,
        json,
        signal,
        headers,
      });
      status = reply.status;
      if (!alone && status !== 200)
        throw errorOfParts(errorOfReply(reply, requestName(method, path), clock.now(), options));
      outcomes = alone
        ? [bodyOrError(reply, reply, first)]
        : partReplies(reply.body, requests).map((part, index) =>
            part instanceof GraphError ? part : bodyOrError(part, reply, requests[index] ?? first),
          );
    } catch (error) {
      failure = error;
      outcomes = requests.map(() => error);
    }
    end(status, failure, outcomes, signal.aborted);
    return outcomes;
  };
}
