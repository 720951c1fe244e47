/** The client for the content of recordings at Microsoft Graph, with retries. */
import { unlessAborted } from '../../abort.ts';
import type { Gate } from '../admission/gate.ts';
import { outcomeOf } from '../admission/outcome.ts';
import { createTurns } from '../admission/turn.ts';
import type { GetToken } from '../credentials/token.ts';
import { GraphError } from '../error.ts';
import { createExchangeRecord } from '../exchange/exchange-record.ts';
import type { ExchangeRecordOptions } from '../exchange/exchange-record.ts';
import { errorOfReply, readJson } from '../exchange/reply.ts';
import type { Operation } from '../operation.ts';
import { VERSION_ROOT, requestName } from '../path.ts';
import { MAX_TRIES, isWorthRetrying, retryDelayMs } from '../retry.ts';
import type { RetryBudget } from '../retry.ts';
import { describeContent, rangeHeader, readContent } from './content.ts';
import type { ByteRange, ContentFacts, OpenedContent } from './content.ts';
import type { Download, Downloads } from './download.ts';

export interface ContentClient {
  /**
   * Opens the content at a path below the version root, or a range of it, which Graph may ignore. Never batched: a
   * batch cannot carry bytes. Retries while the operation lasts, which no longer bounds the content once this resolves.
   * Rejects as `GraphClient.get` does.
   */
  open(path: string, range: ByteRange | null, operation: Operation): Promise<OpenedContent>;
  /** Describes the content at a path, over a few connections reserved for descriptions. Rejects likewise. */
  describe(path: string, operation: Operation): Promise<ContentFacts>;
}

export interface ContentClientOptions extends ExchangeRecordOptions {
  /** For streams, each over a connection of its own. */
  readonly streams: Downloads;
  /** For descriptions. */
  readonly descriptions: Downloads;
  /** Returns the tokens of the credential. */
  readonly getToken: GetToken;
  /** Shared with the client: Graph counts content requests like others. */
  readonly gate: Gate;
  readonly retryBudget: RetryBudget;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** Whether the tokens are on behalf of a caller. */
  readonly isOnBehalfOf: boolean;
}

/** One content to open, and how. */
interface Asked {
  readonly downloads: Downloads;
  readonly path: string;
  readonly range: ByteRange | null;
  readonly operation: Operation;
}

const MAX_ERROR_BYTES = 64 * 1_024;

/** Creates the content client of one credential. */
export function createContentClient(options: ContentClientOptions): ContentClient {
  const { clock, getToken, isOnBehalfOf } = options;
  const takeTurn = createTurns(options.gate);
  const begin = createExchangeRecord(options);

  async function read(download: Download, range: ByteRange | null, what: string): Promise<OpenedContent> {
    const content = readContent(download, range, what);
    const { status, host, header, body } = download;
    if (content?.isBeyond === true) body.destroy();
    if (content !== null) return content;
    const [words] = await Promise.allSettled([readJson(body, MAX_ERROR_BYTES, what)]);
    // A body that cannot be read adds nothing to the status.
    throw errorOfReply(
      { status, header, body: words.status === 'fulfilled' ? words.value : undefined },
      what,
      clock.now(),
      { host, isOnBehalfOf },
    );
  }

  async function openOnce(asked: Asked, token: string): Promise<OpenedContent> {
    const { downloads, path, range, operation } = asked;
    const { requestId: clientRequestId, signal, trace } = operation;
    const reportToGate = await takeTurn(operation);
    operation.exchanged(1);
    const startedMs = clock.steadyMs();
    const traces = (): readonly unknown[] => (trace === undefined ? [] : [trace]);
    const { headers, end } = begin({ method: 'GET', path, parts: 1, clientRequestId, traces });
    let isDone = false;
    /** Called with what became of the request to Graph itself; what follows on another host says nothing of Graph. */
    function done(status: number | null, result: unknown): void {
      if (isDone) return;
      isDone = true;
      const durationMs = clock.steadyMs() - startedMs;
      reportToGate(outcomeOf([{ method: 'GET', path }], [result], durationMs, signal.aborted));
      end(status, result instanceof Error ? result : null, [result], signal.aborted);
    }
    let download: Download | null = null;
    try {
      download = await downloads.open({
        path: `${VERSION_ROOT}${path}`,
        range: range === null ? null : rangeHeader(range),
        clientRequestId,
        token,
        headers,
        onLeft: (status) => done(status, null),
        signal,
      });
      // Even the body of an error can be slow.
      const content = await unlessAborted(read(download, range, requestName('GET', path)), signal);
      done(download.status, content);
      return content;
    } catch (error) {
      done(download?.status ?? null, error);
      download?.body.destroy();
      throw error;
    }
  }

  /** Opens once more, with another token, when Graph itself refuses the first one. No other host gets a token. */
  async function openAuthorized(asked: Asked): Promise<OpenedContent> {
    const { operation } = asked;
    // Before its turn at the gate: a hanging Entra ID then uses up none of Graph's capacity.
    const token = await unlessAborted(getToken(), operation.signal);
    try {
      return await openOnce(asked, token);
    } catch (error) {
      const isRefused = error instanceof GraphError && error.status === 401 && error.host === null;
      if (!isRefused || operation.exhausted() !== null) throw error;
      const another = await unlessAborted(getToken(token), operation.signal);
      if (another === token) throw error;
      return openOnce(asked, another);
    }
  }

  async function wait(delayMs: number, { signal }: Operation): Promise<void> {
    const over = Promise.withResolvers<void>();
    const cancel = clock.after(delayMs, over.resolve);
    try {
      await unlessAborted(over.promise, signal);
    } finally {
      cancel();
    }
  }

  async function openPatiently(asked: Asked, tries: number): Promise<OpenedContent> {
    const { operation } = asked;
    try {
      return await openAuthorized(asked);
    } catch (error) {
      if (!(error instanceof GraphError) || !isWorthRetrying(error, 'GET') || tries >= MAX_TRIES) throw error;
      if (operation.exhausted() !== null) throw error;
      const delayMs = retryDelayMs(tries, error.retryAfterMs, options.random);
      if (delayMs >= operation.deadlineMs - clock.steadyMs() || !options.retryBudget.withdraw()) throw error;
      await wait(delayMs, operation);
      return openPatiently(asked, tries + 1);
    }
  }

  async function open(asked: Asked): Promise<OpenedContent> {
    asked.operation.signal.throwIfAborted();
    asked.operation.spend();
    options.retryBudget.deposit();
    return openPatiently(asked, 1);
  }

  return {
    open: (path, range, operation) => open({ downloads: options.streams, path, range, operation }),
    describe: (path, operation) =>
      describeContent((range) => open({ downloads: options.descriptions, path, range, operation }), operation.signal),
  };
}
