/** Graph's replies: reading a body within bounds, and turning an error status into a `GraphError`. */
import { z } from 'zod';
import { GraphError, responderOf, sentenceOf } from '../error.ts';
import { parseRetryAfter } from '../retry.ts';
import { parseLongJson } from './long-json.ts';

/**
 * Without this preference Graph writes `unknownFutureValue` instead of the newer members of its enumerations:
 * https://learn.microsoft.com/en-us/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations
 */
export const PREFER = 'include-unknown-enum-members';

/** One response of Graph, to a single request or to a part of a batch. */
export interface Reply {
  readonly status: number;
  /** A header's value, by its name in lower case. */
  header(name: string): string | null;
  /** The parsed JSON; undefined when there was no body. */
  readonly body: unknown;
}

/** The error for a body longer than `maxBytes`. */
export function tooLong(maxBytes: number, what: string): GraphError {
  return new GraphError(`The response of Microsoft Graph to ${what} is longer than the allowed ${maxBytes} bytes.`, {
    reason: 'malformed',
  });
}

/** Parses a body in chunks as JSON; undefined when it is empty. Throws a `GraphError` when it is not JSON. */
export function parseJson(pieces: readonly Buffer[], what: string): unknown {
  const [first, ...others] = pieces;
  if (first === undefined) return undefined;
  const bytes = others.length === 0 ? first : Buffer.concat(pieces);
  if (bytes.length === 0) return undefined;
  try {
    return parseLongJson(bytes);
  } catch (cause) {
    throw new GraphError(`The response of Microsoft Graph to ${what} is not JSON.`, { reason: 'malformed', cause });
  }
}

/**
 * Reads a whole body as JSON; undefined when it is empty. Throws a `GraphError` when it is not JSON, or longer than
 * `maxBytes`, and then stops reading.
 */
export async function readJson(chunks: AsyncIterable<Buffer>, maxBytes: number, what: string): Promise<unknown> {
  const read: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw tooLong(maxBytes, what);
    }
    read.push(chunk);
  }
  return parseJson(read, what);
}

const optionalText = z.string().nullish().catch(null);
const innerError = z.object({ 'request-id': optionalText }).nullish().catch(null);
// Both spellings of innerError occur: https://learn.microsoft.com/en-us/graph/errors
const errorBody = z.object({
  error: z.object({ code: optionalText, message: optionalText, innerError, innererror: innerError }),
});

const LONGEST_MESSAGE_CHARACTERS = 300;

/**
 * The claims of a claims challenge, in the JSON that a token request takes; null when the reply is no such challenge.
 * https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge#claims-challenge-header-format
 */
function challengedClaims(reply: Reply): string | null {
  if (reply.status !== 401 && reply.status !== 403) return null;
  const encoded = /\bclaims="([^"]+)"/.exec(reply.header('www-authenticate') ?? '')?.[1];
  if (encoded === undefined) return null;
  const claims = Buffer.from(encoded, 'base64').toString('utf8');
  try {
    JSON.parse(claims);
    return claims;
  } catch {
    // Unreadable claims cannot be requested; the status stands without them.
    return null;
  }
}

/**
 * When a response was sent, by the clock of the host that sent it, with which its other dates agree; `nowMs` where it
 * has no date: https://www.rfc-editor.org/rfc/rfc9110#field.date
 */
export function sentAtMs({ header }: Pick<Reply, 'header'>, nowMs: number): number {
  const dateMs = Date.parse(header('date') ?? '');
  return Number.isNaN(dateMs) ? nowMs : dateMs;
}

/** Who responded to a request. */
interface Responder {
  /** The storage host; null for Graph. */
  readonly host?: string | null;
  /** Whether Graph was called on behalf of a caller, who can get another token. */
  readonly isOnBehalfOf: boolean;
}

/** The error for a response with an error status. Without Graph's error body it lacks Graph's code and message. */
export function errorOfReply(
  reply: Reply,
  what: string,
  nowMs: number,
  { host = null, isOnBehalfOf }: Responder,
): GraphError {
  const parsed = errorBody.safeParse(reply.body);
  const error = parsed.success ? parsed.data.error : null;
  const words = [error?.code, error?.message].filter(Boolean).join(': ').slice(0, LONGEST_MESSAGE_CHARACTERS);
  const inner = error?.innerError ?? error?.innererror;
  return new GraphError(
    sentenceOf(`${responderOf(host)} responded to ${what} with ${reply.status}${words === '' ? '' : ` (${words})`}.`),
    {
      reason: 'status',
      status: reply.status,
      code: error?.code ?? null,
      requestId: inner?.['request-id'] ?? reply.header('request-id'),
      retryAfterMs: parseRetryAfter(reply.header('retry-after'), sentAtMs(reply, nowMs)),
      // Claims of another host are not for a token of Graph, and nobody can sign in the application with others.
      claims: host === null && isOnBehalfOf ? challengedClaims(reply) : null,
      host,
    },
  );
}
