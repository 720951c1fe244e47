/** What is asked together, as one HTTP exchange: a lone request as a plain GET, several as one `$batch`. */
import { batchBody, partReplies } from './batch.ts';
import type { Part } from './batch.ts';
import type { Clock } from './clock.ts';
import { GraphError } from './error.ts';
import { requestName } from './path.ts';
import { errorOfReply } from './reply.ts';
import type { Reply } from './reply.ts';
import type { GetToken } from './token.ts';
import type { Transport } from './transport.ts';

export interface ExchangeOptions {
  /** May be shared: what is asked under one credential never meets what is asked under another. */
  readonly transport: Transport;
  /** Gives the tokens of the credential. */
  readonly getToken: GetToken;
  readonly clock: Clock;
  /** Called after each HTTP exchange. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** What one HTTP exchange with Graph came to. */
export interface Exchange {
  readonly request: string;
  readonly parts: number;
  readonly clientRequestId: string;
  /** The status of the whole, or why there was none. */
  readonly outcome: number | string;
  readonly durationMs: number;
}

/** The version below which every path is. */
export const VERSION_ROOT = '/v1.0';

function isUnauthorized(outcome: unknown): boolean {
  return outcome instanceof GraphError && outcome.status === 401;
}

/**
 * Makes what carries out the exchanges of one credential. For each part it gives, in its place, the body of a 2xx reply, or
 * the error that stands for it; it never rejects.
 */
export function createExchange({
  transport,
  getToken,
  clock,
  onExchange,
}: ExchangeOptions): (parts: readonly Part[], signal: AbortSignal) => Promise<unknown[]> {
  function bodyOrError(reply: Reply, what: string): unknown {
    return reply.status >= 200 && reply.status < 300 ? reply.body : errorOfReply(reply, what, clock.now());
  }

  async function exchange(
    parts: readonly Part[],
    signal: AbortSignal,
    tokenOf: () => Promise<string>,
  ): Promise<unknown[]> {
    const [first] = parts;
    if (first === undefined) return [];
    const alone = parts.length === 1;
    const request = alone ? requestName('GET', first.path) : 'POST /$batch';
    const startedMs = clock.now();
    let outcome: number | string = 'aborted';
    try {
      const reply = await transport.send({
        method: alone ? 'GET' : 'POST',
        path: `${VERSION_ROOT}${alone ? first.path : '/$batch'}`,
        clientRequestId: first.clientRequestId,
        getToken: tokenOf,
        ...(alone ? {} : { body: batchBody(parts) }),
        signal,
      });
      outcome = reply.status;
      if (alone) return [bodyOrError(reply, request)];
      if (reply.status !== 200) throw errorOfReply(reply, request, clock.now());
      return partReplies(reply.body, parts).map((part, index) =>
        part instanceof GraphError ? part : bodyOrError(part, requestName('GET', parts[index]?.path ?? '')),
      );
    } catch (error) {
      if (error instanceof GraphError && error.reason !== 'status') outcome = error.reason;
      return parts.map(() => error);
    } finally {
      const durationMs = clock.now() - startedMs;
      onExchange?.({
        request,
        parts: parts.length,
        clientRequestId: first.clientRequestId,
        outcome,
        durationMs,
      });
    }
  }

  return async (parts, signal) => {
    let token = '';
    const outcomes = await exchange(parts, signal, async () => (token = await getToken()));
    const refused = parts.filter((_, index) => isUnauthorized(outcomes[index]));
    if (refused.length === 0) return outcomes;
    // A token can end before its time, when its application's rights have changed for instance: once, with another. It may
    // be refused as a whole, or for some parts of a batch only.
    const [another] = await Promise.allSettled([getToken(token)]);
    if (another.status === 'fulfilled' && another.value === token) return outcomes;
    const again =
      another.status === 'fulfilled'
        ? await exchange(refused, signal, () => Promise.resolve(another.value))
        : refused.map((): unknown => another.reason);
    return parts.map((part, index) => (refused.includes(part) ? again[refused.indexOf(part)] : outcomes[index]));
  };
}
