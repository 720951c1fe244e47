/** The wire form of `$batch`: https://learn.microsoft.com/en-us/graph/json-batching */
import { z } from 'zod';
import { GraphError } from './error.ts';
import { requestName } from './path.ts';
import { PREFER } from './reply.ts';
import type { Reply } from './reply.ts';

/** Graph takes at most 20 requests in one batch: https://learn.microsoft.com/en-us/graph/json-batching#batch-size-limitations */
export const MAX_PARTS = 20;

/** One GET that is to be a part of a batch. */
export interface Part {
  /** Relative to the version root, already encoded. */
  readonly path: string;
  readonly clientRequestId: string;
}

/** The body of `POST /$batch` for up to `MAX_PARTS` parts; a part's id is its place. */
export function batchBody(parts: readonly Part[]): unknown {
  return {
    requests: parts.map(({ path, clientRequestId }, index) => ({
      id: String(index),
      method: 'GET',
      url: path,
      headers: { 'client-request-id': clientRequestId, prefer: PREFER },
    })),
  };
}

const replyBody = z.object({ responses: z.array(z.unknown()) });
// Not everything that JSON holds can be made a text: an object may say that it cannot.
const word = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const identified = z.object({ id: word });
const part = z.object({
  status: z.number().int(),
  headers: z.record(z.string(), word.nullable().catch(null)).nullish(),
  body: z.unknown(),
});

function partReply(response: unknown, what: string): Reply | GraphError {
  const parsed = part.safeParse(response);
  if (!parsed.success) {
    return new GraphError(`Microsoft Graph's batch reply has no status for ${what}.`, { reason: 'malformed' });
  }
  const headers = new Map(
    Object.entries(parsed.data.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { status: parsed.data.status, header: (name) => headers.get(name) ?? null, body: parsed.data.body };
}

/**
 * Finds each part's answer in the body of a batch reply, matched by id and never by position. An answer that is missing,
 * given twice or malformed is a `GraphError` in that part's place, and the others stand; one that nobody asked for is
 * left out. Throws a `GraphError` when the body is no batch reply at all.
 */
export function partReplies(body: unknown, parts: readonly Part[]): (Reply | GraphError)[] {
  const parsed = replyBody.safeParse(body);
  if (!parsed.success) {
    throw new GraphError('Microsoft Graph\'s reply to POST /$batch has no "responses".', { reason: 'malformed' });
  }
  const byId = new Map<string, unknown[]>();
  for (const response of parsed.data.responses) {
    const { data } = identified.safeParse(response);
    if (data !== undefined) byId.set(data.id, [...(byId.get(data.id) ?? []), response]);
  }
  return parts.map(({ path }, index) => {
    const what = requestName('GET', path);
    const [response, ...more] = byId.get(String(index)) ?? [];
    if (response === undefined) {
      return new GraphError(`Microsoft Graph's batch reply has no answer to ${what}.`, { reason: 'malformed' });
    }
    if (more.length > 0) {
      return new GraphError(`Microsoft Graph's batch reply answers ${what} more than once.`, { reason: 'malformed' });
    }
    return partReply(response, what);
  });
}
