/** The wire format of `$batch`: https://learn.microsoft.com/en-us/graph/json-batching */
import { isRecord } from '../../record.ts';
import { GraphError } from '../error.ts';
import { requestName } from '../path.ts';
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

/** The body of `POST /$batch` for up to `MAX_PARTS` parts, in JSON; a part's id is its index. */
export function batchBody(parts: readonly Part[]): string {
  let requests = '';
  let headers = '';
  for (const [index, { path, clientRequestId }] of parts.entries()) {
    // Built by hand: stringifying an object would double the cost of a part. Most parts belong to one operation.
    if (clientRequestId !== parts[index - 1]?.clientRequestId)
      headers = `"headers":{"client-request-id":${JSON.stringify(clientRequestId)},"prefer":"${PREFER}"}`;
    requests += `${index === 0 ? '' : ','}{"id":"${index}","method":"GET",${headers},"url":${JSON.stringify(path)}}`;
  }
  return `{"requests":[${requests}]}`;
}

/** A string, number or boolean as text, else null: `String` throws for an object that has a `toString` member. */
function word(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Finds a header, whose name Graph may write in any letter case. */
function findHeader(headers: Record<string, unknown>, wanted: string): string | null {
  for (const [name, value] of Object.entries(headers)) if (name.toLowerCase() === wanted) return word(value);
  return null;
}

function malformed(message: string): GraphError {
  return new GraphError(message, { reason: 'malformed' });
}

function partReply(response: Record<string, unknown>, path: string): Reply | GraphError {
  const { status, headers, body } = response;
  if (typeof status !== 'number' || !Number.isInteger(status)) {
    return malformed(`The batch response of Microsoft Graph has no status for ${requestName('GET', path)}.`);
  }
  // A part without headers may omit them.
  const given = headers ?? {};
  if (!isRecord(given)) {
    return malformed(
      `The batch response of Microsoft Graph has headers for ${requestName('GET', path)} that are not an object.`,
    );
  }
  return { status, header: (name) => findHeader(given, name), body };
}

/**
 * Finds each part's response in the body of a batch reply, matched by id and never by position. A missing, repeated or
 * malformed response becomes a `GraphError` for that part only; a response to no part is ignored. Throws a `GraphError`
 * when the body is no batch reply at all.
 */
export function partReplies(body: unknown, parts: readonly Part[]): (Reply | GraphError)[] {
  const responses = isRecord(body) ? body['responses'] : undefined;
  if (!Array.isArray(responses)) {
    throw malformed('The response of Microsoft Graph to POST /$batch has no list "responses".');
  }
  const byId = new Map<string, Record<string, unknown>>();
  const repeated = new Set<string>();
  for (const response of responses) {
    const id = isRecord(response) ? word(response['id']) : null;
    if (id === null) continue;
    if (byId.has(id)) repeated.add(id);
    byId.set(id, response);
  }
  return parts.map(({ path }, index) => {
    const response = byId.get(String(index));
    if (response === undefined) {
      return malformed(`The batch response of Microsoft Graph has no response to ${requestName('GET', path)}.`);
    }
    if (repeated.has(String(index))) {
      return malformed(
        `The batch response of Microsoft Graph has more than one response to ${requestName('GET', path)}.`,
      );
    }
    return partReply(response, path);
  });
}
