/** The column of the video itself. */
import { z } from 'zod';
import { addShortRecording, linkTo } from '../support/content.ts';
import { BACKOFF, OPERATION } from './column.ts';
import type { Column, Stage } from './column.ts';
import { requestsOf, startGround, strike } from './over-graph.ts';
import { ALL, wordsOfError, wordsOfRequests } from './words.ts';

const refusal = z.object({ errors: z.tuple([z.object({ extensions: z.record(z.string(), z.unknown()) })]) });

/** The answer to a link, in words: all bytes of the whole, a refusal, or bytes until the connection is cut. */
async function wordsOfContent(url: string, whole: Buffer): Promise<string> {
  const response = await fetch(url);
  const [read] = await Promise.allSettled([response.arrayBuffer()]);
  if (read.status === 'rejected') return `${response.status}, incomplete`;
  const bytes = Buffer.from(read.value);
  if (response.ok) return whole.equals(bytes) ? ALL : `${response.status}, ${bytes.length} bytes`;
  const [error] = refusal.parse(JSON.parse(bytes.toString())).errors;
  return `${response.status}, ${wordsOfError(error)}`;
}

/** Starts a gateway with a link to a short recording, which has been opened before. */
async function startContent(): Promise<Stage> {
  const ground = await startGround({ tenant: { users: 1, meetings: 1, recordings: 0 } });
  const { clock, emulator, gateway } = ground;
  const url = await linkTo(gateway, addShortRecording(gateway));
  const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
  emulator.clearRequests();
  return {
    clock,
    strike: (fault) => strike(ground, { target: () => ({ path: '/content' }), isLater: true }, fault),
    ask: () => wordsOfContent(url, whole),
    asked: () => wordsOfRequests(requestsOf(emulator)),
  };
}

const NO_BATCH = { because: 'a batch cannot contain bytes' };
const NO_PAGE = { because: 'a video has no pages' };

export const content: Column = {
  name: 'a content stream',
  about:
    'The client opens the link to a recording, for which the gateway sends one GET to Graph. The result begins with the HTTP status.',
  start: startContent,
  cells: {
    '429 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 0.5': [ALL, '2 × GET', [500]],
    '429 once, Retry-After: a date in 2 s': [ALL, '2 × GET', [2_000]],
    '429 once, Retry-After: 86400': ['429, THROTTLED (retryAfter 86400)', 'GET', []],
    '429 once, Retry-After: soon': [ALL, '2 × GET', [250]],
    '429 once, no Retry-After': [ALL, '2 × GET', [250]],
    '429 every time, Retry-After: 2': ['429, THROTTLED (retryAfter 2)', '4 × GET', [2_000, 2_000, 2_000]],
    '429 every time, no Retry-After': ['429, THROTTLED', '4 × GET', BACKOFF],
    '500 every time': ['503, UPSTREAM_UNAVAILABLE', 'GET', []],
    '502 every time': ['503, UPSTREAM_UNAVAILABLE', 'GET', []],
    '503 once': [ALL, '2 × GET', [250]],
    '503 once, Retry-After: 2': [ALL, '2 × GET', [2_000]],
    '503 every time': ['503, UPSTREAM_UNAVAILABLE', '4 × GET', BACKOFF],
    '504 every time': ['503, UPSTREAM_UNAVAILABLE', '4 × GET', BACKOFF],
    'connection refused': ['503, UPSTREAM_UNAVAILABLE', 'GET', BACKOFF],
    'connection reset before the response, once': [ALL, '2 × GET', [250]],
    'connection reset before the response, every time': ['503, UPSTREAM_UNAVAILABLE', '4 × GET', BACKOFF],
    'connection lost during the response, once': [ALL, '2 × GET', []],
    'connection lost during the response, every time': ['200, incomplete', '2 × GET', []],
    'no response headers arrive': ['504, UPSTREAM_TIMEOUT', 'GET', [OPERATION]],
    'the response body trickles in': ['504, UPSTREAM_TIMEOUT', 'GET', [OPERATION]],
    'truncated JSON': { because: 'a video is not JSON, and its length is what Graph says' },
    '200 with an HTML page': ['502, UPSTREAM_ERROR', 'GET', []],
    'the correct JSON as text/plain': ['502, UPSTREAM_ERROR', 'GET', []],
    '200 without a body': ['200, 0 bytes', 'GET', []],
    'JSON of the wrong shape': ['502, UPSTREAM_ERROR', 'GET', []],
    'a body of 100 MiB': { because: 'a recording may have any length' },
    'a batch with a missing response': NO_BATCH,
    'a batch with a duplicate response': NO_BATCH,
    'a batch with an unrequested response': NO_BATCH,
    'a batch with a response without a status': NO_BATCH,
    'a batch with responses in another order': NO_BATCH,
    '401 once': [ALL, '2 × GET', []],
    '401 every time': ['502, UPSTREAM_ERROR', '2 × GET', []],
    '401 with a claims challenge': ['502, UPSTREAM_ERROR', '2 × GET', []],
    '403, as for a missing application access policy': ['403, FORBIDDEN', 'GET', []],
    '404 once': ['404, NOT_FOUND', 'GET', []],
    '410 once': ['502, UPSTREAM_ERROR', 'GET', []],
    'a nextLink to the same page': NO_PAGE,
    'a nextLink to another host': NO_PAGE,
    'a nextLink that leaves the API path by ..': NO_PAGE,
    'a nextLink that leaves the API path by %2e%2e': NO_PAGE,
    'an empty page with a nextLink': NO_PAGE,
  },
};
