/** The content of a recording behind a link, from a Graph with prescribed behavior. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { openGraphAccess } from '../../src/graph-access.ts';
import { fixedToken } from '../../src/msgraph/credentials/token.ts';
import type { GetToken } from '../../src/msgraph/credentials/token.ts';
import { addShortRecording, linkTo } from './content.ts';
import { createCount } from './count.ts';
import { startGateway } from './gateway.ts';
import type { TestGateway, TestGatewayOptions } from './gateway.ts';
import { startServer } from './server.ts';

/** The answer of Graph to one request for content. */
export interface Giving {
  /** Whether it honours ranges; it does when left out. */
  readonly ranges?: boolean;
  /** Whether it says how large the whole is; it does when left out. */
  readonly isSized?: boolean;
  readonly etag?: string;
  /** The whole content. */
  readonly whole?: Buffer;
  /** Instead, a redirect there. */
  readonly redirectTo?: string;
  /** Instead, this many empty bytes, made as they are read. */
  readonly madeBytes?: number;
  /** Stops after this many bytes: its connection breaks, or stays. Sends all when left out. */
  readonly stopsAfter?: number;
  readonly stays?: boolean;
  /** Until when it stays, before it breaks. */
  readonly until?: Promise<unknown>;
  /** Instead, until when it stays before it sends the rest. */
  readonly restAfter?: Promise<unknown>;
}

export interface ToldContentOptions extends TestGatewayOptions {
  /** The source of the tokens for Graph; always the same one when left out. */
  readonly getToken?: GetToken;
}

export interface ToldContent {
  readonly gateway: TestGateway;
  readonly url: string;
  /** The requests so far: `whole` or the range. */
  readonly asked: readonly string[];
  /** How many bytes have been made so far. */
  readonly made: () => number;
  /** Resolves when Graph has received `count` requests. */
  readonly arrived: (count: number) => Promise<void>;
  /** Resolves when the gateway has aborted `count` answers. */
  readonly broken: (count: number) => Promise<void>;
}

/** Some 300 kilobytes without repeated pieces. */
export const WHOLE = Buffer.from(Array.from({ length: 40_000 }, (_, index) => `${index}: `.padStart(8)).join(''));

/** The range in a header, within `size` bytes; null if there is none. */
function rangeOf(header: string | undefined, size: number): { first: number; end: number } | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '') return last === '' ? null : { first: Math.max(0, size - Number(last)), end: size };
  return { first: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
}

/** Writes `bytes` bytes, no faster than they are read, and reports how many it has written. */
function make(response: ServerResponse, bytes: number, onMade: (bytes: number) => void): void {
  const piece = Buffer.alloc(64 * 1_024);
  response.setHeader('content-type', 'video/mp4').setHeader('content-length', bytes);
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      const next = piece.subarray(0, left);
      left -= next.length;
      onMade(next.length);
      if (!response.write(next)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

function give(response: ServerResponse, range: string | undefined, giving: Giving, onBreak: () => void): void {
  const { ranges = true, isSized = true, etag, whole = WHOLE, stays = false, until = Promise.resolve() } = giving;
  const asked = ranges ? rangeOf(range, whole.length) : null;
  const { first, end } = asked ?? { first: 0, end: whole.length };
  if (asked !== null && first >= whole.length) {
    response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
    return;
  }
  response.statusCode = asked === null ? 200 : 206;
  response.setHeader('content-type', 'video/mp4');
  if (isSized) response.setHeader('content-length', end - first);
  if (asked !== null) {
    response.setHeader('content-range', `bytes ${first}-${end - 1}/${isSized ? whole.length : '*'}`);
  }
  if (etag !== undefined) response.setHeader('etag', etag);
  response.flushHeaders();
  const { stopsAfter, restAfter } = giving;
  const breakOff = (): void => {
    onBreak();
    response.socket?.end();
  };
  if (stopsAfter === undefined) response.end(whole.subarray(first, end));
  else if (restAfter !== undefined) {
    response.write(whole.subarray(first, first + stopsAfter));
    void restAfter.then(() => response.end(whole.subarray(first + stopsAfter, end)));
  } else
    response.write(whole.subarray(first, Math.min(end, first + stopsAfter)), () => {
      if (!stays) void until.then(breakOff);
    });
}

/**
 * Starts a gateway over a Graph that delivers content so in turn, repeating the last; null stands for no answer. The
 * emulator answers all other requests to Graph.
 */
export async function startToldContent(
  givings: readonly (Giving | null)[],
  { getToken = fixedToken('an-opaque-token'), ...options }: ToldContentOptions = {},
): Promise<ToldContent> {
  const asked: string[] = [];
  const [arrivals, breaks] = [createCount(), createCount()];
  let elsewhere = '';
  let madeBytes = 0;
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const { authorization = '' } = headers;
    const body = method === 'POST' ? await text(request) : null;
    const answer = await fetch(`${elsewhere}${url}`, { method, headers: { authorization }, body });
    response.statusCode = answer.status;
    response.setHeader('content-type', 'application/json').end(await answer.text());
  }
  const origin = await startServer((request, response) => {
    if (request.url?.endsWith('/content') !== true) {
      void pass(request, response);
      return;
    }
    const giving = givings[Math.min(asked.length, givings.length - 1)] ?? null;
    asked.push(request.headers.range ?? 'whole');
    let isOurs = true;
    response.once('close', () => {
      if (isOurs && !response.writableFinished) breaks.add();
    });
    if (giving?.redirectTo !== undefined) response.writeHead(302, { location: giving.redirectTo }).end();
    else if (giving?.madeBytes !== undefined) make(response, giving.madeBytes, (bytes) => (madeBytes += bytes));
    else if (giving !== null) give(response, request.headers.range, giving, () => (isOurs = false));
    arrivals.add();
  });
  const gateway = await startGateway({
    ...options,
    graph: { ...openGraphAccess(origin, '', 'a Graph that does as it is told'), getToken },
  });
  elsewhere = gateway.emulator.url;
  const url = await linkTo(gateway, addShortRecording(gateway));
  return { gateway, url, asked, made: () => madeBytes, arrived: arrivals.reached, broken: breaks.reached };
}
