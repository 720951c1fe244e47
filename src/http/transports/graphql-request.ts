/** Reads the operation of a request to `/graphql`, from its body or its query string. */
import { HeaderMap } from '@apollo/server';
import type { HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isRecord } from '../../record.ts';
import { isCrossSite } from '../protection/cross-site.ts';
import { jsonText } from './json-text.ts';

/** The parts of a request that describe its operation. */
export type RequestParts = Pick<HTTPGraphQLRequest, 'search' | 'body'>;

/** The members of a JSON object. */
export const fields = z.record(z.string(), z.unknown());

/** The parts of a request, without those of a query string that count as left out. */
export function partsOf({ method, url, body }: FastifyRequest): RequestParts {
  // Nearly all POST requests have no query string.
  const search = (url.includes('?') && URL.parse(url, 'http://-')?.search) || '';
  return { search: method === 'GET' ? withoutEmpty(search) : search, body };
}

/**
 * Removes parameters that count as left out: empty ones (https://graphql.github.io/graphql-over-http/draft/#sec-GET),
 * and those whose JSON is null, which Apollo Server refuses although it accepts the same in a body.
 */
function withoutEmpty(search: string): string {
  const params = new URLSearchParams(search);
  for (const name of ['extensions', 'operationName', 'variables']) params.delete(name, '');
  for (const name of ['extensions', 'variables']) params.delete(name, 'null');
  return `?${params}`;
}

/** The members that may name a document, from the body or the query string. */
export function naming({ method }: FastifyRequest, { search, body }: RequestParts): unknown {
  if (method === 'POST') return body;
  const given = Object.fromEntries(new URLSearchParams(search));
  const { success, data } = jsonText.safeParse(given['extensions']);
  return { ...given, extensions: success ? data : undefined };
}

/** The same with the document itself instead of its name. Called for requests with POST and GET. */
export function withDocument({ method }: FastifyRequest, { search, body }: RequestParts, query: string): RequestParts {
  if (method === 'POST') return { search, body: { ...fields.parse(body), query, extensions: {} } };
  const params = new URLSearchParams(search);
  for (const name of ['documentId', 'extensions']) params.delete(name);
  params.set('query', query);
  return { search: `?${params}`, body };
}

/** The request as Apollo Server takes it. `corsOrigins` are the origins of other sites whose pages may send requests. */
export function toHTTPGraphQLRequest(
  request: FastifyRequest,
  parts: RequestParts,
  corsOrigins: readonly string[],
): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // Apollo Server requires this of every request without a body. Requests known not to be forged need not send it.
  if (request.method !== 'POST' && !isCrossSite(request.headers, corsOrigins))
    headers.set('apollo-require-preflight', 'true');
  headers.set('x-request-id', request.id);
  return { method: request.method, headers, ...parts };
}

/** The members of a plain request, whose operation may be known. */
export interface PlainRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The members of a plain POST; null for any other, and for what only Apollo Server handles: malformed requests,
 * extensions, and traces for routers. A page of another origin cannot send JSON without a preflight.
 */
export function plainRequestOf({ method, headers }: FastifyRequest, body: unknown): PlainRequest | null {
  if (method !== 'POST' || !isRecord(body) || headers['apollo-federation-include-trace'] === 'ftv1') return null;
  if (!headers['content-type']?.startsWith('application/json')) return null;
  const { query, operationName = null } = body;
  if (typeof query !== 'string' || (operationName !== null && typeof operationName !== 'string')) return null;
  const variables = body['variables'] ?? {};
  const extensions = body['extensions'] ?? {};
  if (!isRecord(variables) || !isRecord(extensions) || Object.keys(extensions).length > 0) return null;
  return { query, operationName, variables };
}
