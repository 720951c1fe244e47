/** What opens the content of recordings at Microsoft Graph, and tries again what is worth it. */
import type { Clock } from './clock.ts';
import { describeContent, rangeHeader, readContent } from './content.ts';
import type { ByteRange, ContentFacts, OpenedContent } from './content.ts';
import type { Download, Downloads } from './download.ts';
import { GraphError } from './error.ts';
import { partOutcome, pathTemplate } from './exchange-watch.ts';
import type { WatchExchange } from './exchange-watch.ts';
import type { Exchange } from './exchange.ts';
import type { Gate } from './gate.ts';
import type { Operation } from './operation.ts';
import { outcomeOf } from './outcome.ts';
import { VERSION_ROOT, requestName } from './path.ts';
import { errorOfReply, readJson } from './reply.ts';
import { MAX_TRIES, isWorthRetrying, retryDelayMs } from './retry.ts';
import type { RetryBudget } from './retry.ts';
import type { GetToken } from './token.ts';
import { createTurns } from './turn.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface ContentClient {
  /**
   * Opens the content at a path below the version root, or a range of it, which Graph may take no notice of. Never batched:
   * a batch has no place for bytes. Tries again what is worth it while the operation lasts, which ends for it when this
   * resolves. Rejects as `GraphClient.get` does.
   */
  open(path: string, range: ByteRange | null, operation: Operation): Promise<OpenedContent>;
  /** What Graph says of the content at a path; asked over connections of its own, of which there are few. Rejects likewise. */
  describe(path: string, operation: Operation): Promise<ContentFacts>;
}

export interface ContentClientOptions {
  /** By which streams come, each over a connection of its own. */
  readonly streams: Downloads;
  /** By which descriptions come. */
  readonly descriptions: Downloads;
  /** Gives the tokens of the credential. */
  readonly getToken: GetToken;
  /** Shared with the client: Graph counts content among everything else. */
  readonly gate: Gate;
  readonly retryBudget: RetryBudget;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** Called after each answer. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Called before each request, and told of its answer. */
  readonly watchExchange?: WatchExchange | undefined;
}

/** What is to be opened, and how. */
interface Asked {
  readonly downloads: Downloads;
  readonly path: string;
  readonly range: ByteRange | null;
  readonly operation: Operation;
}

const MAX_ERROR_BYTES = 64 * 1_024;

/** Creates what opens content under one credential. */
export function createContentClient(options: ContentClientOptions): ContentClient {
  const { clock, getToken } = options;
  const takeTurn = createTurns(options.gate);

  async function read(download: Download, range: ByteRange | null, what: string): Promise<OpenedContent> {
    const content = readContent(download, range, what);
    const { status, header, body } = download;
    if (content?.isBeyond === true) body.destroy();
    if (content !== null) return content;
    const [words] = await Promise.allSettled([readJson(body, MAX_ERROR_BYTES, what)]);
    // A page instead of Graph's words says no more than its status.
    throw errorOfReply(
      { status, header, body: words.status === 'fulfilled' ? words.value : undefined },
      what,
      clock.now(),
    );
  }

  async function openOnce(asked: Asked, token: string): Promise<OpenedContent> {
    const { downloads, path, range, operation } = asked;
    const request = requestName('GET', path);
    const tellGate = await takeTurn(operation);
    operation.exchanged(1);
    const startedMs = clock.steadyMs();
    function done(result: unknown): void {
      const durationMs = clock.steadyMs() - startedMs;
      tellGate(outcomeOf([{ method: 'GET', path }], [result], durationMs, operation.signal.aborted));
    }
    const watch = options.watchExchange?.({
      kind: 'content',
      method: 'GET',
      template: `${VERSION_ROOT}${pathTemplate(path)}`,
      parts: 1,
      traces: operation.trace === undefined ? [] : [operation.trace],
    });
    let failure: unknown = null;
    let outcome: number | string = 'aborted';
    let download: Download | null = null;
    try {
      download = await downloads.open({
        path: `${VERSION_ROOT}${path}`,
        range: range === null ? null : rangeHeader(range),
        clientRequestId: operation.requestId,
        token,
        ...(watch === undefined ? {} : { headers: watch.headers }),
        signal: operation.signal,
      });
      outcome = download.status;
      // The words of an error can be as slow as anything.
      const content = await unlessAborted(read(download, range, request), operation.signal);
      done(content);
      return content;
    } catch (error) {
      done(error);
      if (error instanceof GraphError && error.reason !== 'status') outcome = error.reason;
      download?.body.destroy();
      failure = error;
      throw error;
    } finally {
      const durationMs = clock.steadyMs() - startedMs;
      watch?.end({ outcome, durationMs, parts: [partOutcome(failure, outcome)] });
      options.onExchange?.({ request, parts: 1, clientRequestId: operation.requestId, outcome, durationMs });
    }
  }

  /** Once more with another token, where Graph has refused the one that there was. */
  async function openAuthorized(asked: Asked): Promise<OpenedContent> {
    const { operation } = asked;
    // Before its turn: while Entra ID hangs, nothing of what Graph lets through is taken up.
    const token = await unlessAborted(getToken(), operation.signal);
    try {
      return await openOnce(asked, token);
    } catch (error) {
      if (!(error instanceof GraphError) || error.status !== 401 || operation.exhausted() !== null) throw error;
      const another = await unlessAborted(getToken(token), operation.signal);
      if (another === token) throw error;
      return openOnce(asked, another);
    }
  }

  function wait(delayMs: number, { signal }: Operation): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(delayMs, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = (): void => {
        cancel();
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
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
