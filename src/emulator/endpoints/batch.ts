/** The `$batch` endpoint. */
import { GraphError, badRequest } from '../graph-error.ts';
import { json } from '../http/exchange.ts';
import type { GraphAnswer, GraphBody, GraphCall, GraphRequest } from '../http/exchange.ts';
import { isObject } from '../shape.ts';
import { number } from '../tenant/seeded.ts';

/** The most requests that a batch may hold: https://learn.microsoft.com/en-us/graph/json-batching */
const mostParts = 20;

interface Part {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
}

/**
 * Answers `POST /$batch`: serves each part like a request of its own, with the credential of the batch, and returns the
 * responses in a different order than the requests. When a part fails, only parts that depend on it fail too.
 * Throws a GraphError with status 400 when the batch itself is malformed.
 */
export async function answerBatch(
  call: GraphCall,
  serve: (request: GraphRequest) => Promise<GraphAnswer>,
): Promise<GraphAnswer> {
  const parts = partsOf(call.request.json());
  const answers = new Map<string, Promise<GraphAnswer>>();
  parts.forEach((part, place) => {
    const dependencies = part.dependsOn.flatMap((id) => answers.get(id) ?? []);
    answers.set(part.id, answerPart(call, part, place, dependencies, serve));
  });
  const responses = await Promise.all(parts.map(async (part) => ({ id: part.id, answer: await answers.get(part.id) })));
  return json({ responses: shuffled(responses).map(({ id, answer }) => print(id, answer)) });
}

async function answerPart(
  call: GraphCall,
  part: Part,
  place: number,
  dependencies: readonly Promise<GraphAnswer>[],
  serve: (request: GraphRequest) => Promise<GraphAnswer>,
): Promise<GraphAnswer> {
  const failed = (await Promise.all(dependencies)).some(({ status }) => status >= 400);
  const answer = failed ? failedDependency() : await serve(requestOf(call, part));
  call.request.partAnswered(place, answer.status);
  return answer;
}

function requestOf({ request, path }: GraphCall, part: Part): GraphRequest {
  const { authorization } = request.headers;
  return {
    ...request,
    method: part.method,
    target: `/${path.version}/${part.url.replace(/^\//, '')}`,
    headers: { ...part.headers, authorization },
    isPart: true,
    json: () => part.body,
  };
}

function partsOf(body: unknown): readonly Part[] {
  const requests = isObject(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0) {
    throw badRequest("A batch must have a non-empty list 'requests'.");
  }
  if (requests.length > mostParts) {
    throw badRequest(
      `Number of requests inside batch exceeds the limit: ${requests.length} are more than ${mostParts}.`,
    );
  }
  const parts = requests.map(parsePart);
  const ids = parts.map(({ id }) => id.toLowerCase());
  const repeated = ids.find((id, place) => ids.indexOf(id) !== place);
  if (repeated !== undefined) {
    throw badRequest(`The ids of a batch must be unique, regardless of case, but '${repeated}' occurs twice.`);
  }
  parts.forEach(({ id, dependsOn }, place) => {
    const missing = dependsOn.find((other) => !parts.slice(0, place).some((part) => part.id === other));
    if (missing !== undefined) {
      throw badRequest(`Request '${id}' of the batch depends on '${missing}', which is not an earlier request.`);
    }
  });
  return parts;
}

function parsePart(part: unknown): Part {
  const { id, method, url, headers = {}, body, dependsOn = [] } = isObject(part) ? part : {};
  if (typeof id !== 'string' || id === '' || typeof method !== 'string' || typeof url !== 'string') {
    throw badRequest("Every request of a batch must have the strings 'id', 'method' and 'url'.");
  }
  if (!isObject(headers) || !Array.isArray(dependsOn)) {
    throw badRequest(`The headers of request '${id}' must be an object, and its dependsOn must be a list.`);
  }
  const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  if (body !== undefined && !lowerCased.some(([name]) => name === 'content-type')) {
    throw badRequest(`Request '${id}' of the batch must have a Content-Type for its body.`);
  }
  if (body === undefined && ['POST', 'PATCH', 'PUT'].includes(method)) {
    throw badRequest(`Request '${id}' of the batch must have a body, even if empty, because it is a ${method}.`);
  }
  return { id, method, url, headers: Object.fromEntries(lowerCased), body, dependsOn: dependsOn.map(String) };
}

function failedDependency(): GraphAnswer {
  return json(
    { error: { code: 'FailedDependency', message: 'A request that this request depends on has failed.' } },
    424,
  );
}

function print(id: string, answer: GraphAnswer | undefined): Readonly<Record<string, unknown>> {
  if (answer === undefined) {
    throw new GraphError(500, 'InternalServerError', `Request '${id}' of the batch was lost.`);
  }
  const { status, headers, body } = answer;
  return { id, status, headers, ...(body === undefined ? {} : { body: printBody(body) }) };
}

// https://docs.oasis-open.org/odata/odata-json-format/v4.01/odata-json-format-v4.01.html#sec_BatchResponse
function printBody(body: GraphBody): unknown {
  if (body.kind === 'json') {
    return body.value;
  }
  return body.kind === 'text' ? body.text : Buffer.concat([...body.chunks()]).toString('base64url');
}

// Pseudorandom, but the same every time; never in the order of the requests, since clients must cope with any order.
function shuffled<Item extends { readonly id: string }>(items: readonly Item[]): readonly Item[] {
  const rank = ({ id }: Item): number => number(2 ** 32, 'answer', id);
  const sorted = items.toSorted((one, other) => rank(one) - rank(other));
  return sorted.every((item, place) => item === items[place]) ? sorted.toReversed() : sorted;
}
