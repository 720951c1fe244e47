/** The routes of the emulated Graph: which endpoint answers which path and method. */
import { identify } from './caller.ts';
import { answerBatch } from './endpoints/batch.ts';
import type { CallRecordings } from './endpoints/call-recording.ts';
import type { Content } from './endpoints/content.ts';
import type { Delta } from './endpoints/delta.ts';
import type { OnlineMeetings } from './endpoints/online-meeting.ts';
import { GraphError, badRequest, notFound } from './graph-error.ts';
import type { GraphAnswer, GraphCall, GraphRequest } from './http/exchange.ts';
import type { Subscriptions } from './notifications/subscriptions.ts';
import { parsePath } from './path.ts';
import type { GraphPath } from './path.ts';

type Endpoint = (call: GraphCall) => GraphAnswer | Promise<GraphAnswer>;

export interface Endpoints {
  readonly users: { get: Endpoint };
  readonly onlineMeetings: OnlineMeetings;
  readonly callRecordings: CallRecordings;
  readonly delta: Delta;
  readonly content: Pick<Content, 'get'>;
  readonly subscriptions: Subscriptions;
}

/**
 * Graph, as a function: identifies the caller, parses the path, counts the request against the rate limit, and calls
 * the endpoint. `servePart` answers the parts of a batch. Throws a GraphError when any of these refuses.
 */
export function createGraph(dependencies: {
  readonly endpoints: Endpoints;
  readonly rateLimit: { take(): void };
  readonly servePart: (request: GraphRequest) => Promise<GraphAnswer>;
  readonly now: () => number;
}): (request: GraphRequest) => Promise<GraphAnswer> {
  const { now, rateLimit, servePart } = dependencies;
  const { callRecordings, content, delta, onlineMeetings, subscriptions, users } = dependencies.endpoints;
  // `{user}` is `me` or `users/{}`.
  const table = new Map<string, Readonly<Record<string, Endpoint>>>([
    ['{user}', { GET: users.get }],
    ['{user}/onlinemeetings', { GET: onlineMeetings.find }],
    ['{user}/onlinemeetings/{}', { GET: onlineMeetings.get }],
    ['{user}/onlinemeetings/{}/recordings', { GET: callRecordings.list }],
    ['{user}/onlinemeetings/{}/recordings/{}', { GET: callRecordings.get }],
    ['{user}/onlinemeetings/{}/recordings/{}/content', { GET: content.get }],
    ['{user}/onlinemeetings/getallrecordings', { GET: callRecordings.getAll }],
    ['{user}/onlinemeetings/getallrecordings/delta', { GET: delta.get }],
    ['communications/onlinemeetings', { GET: onlineMeetings.findInTenant }],
    ['subscriptions', { GET: subscriptions.list, POST: subscriptions.create }],
    ['subscriptions/{}', { GET: subscriptions.get, PATCH: subscriptions.renew, DELETE: subscriptions.remove }],
    ['subscriptions/{}/reauthorize', { POST: subscriptions.reauthorize }],
    ['$batch', { POST: (call) => answerBatch(call, servePart) }],
  ]);

  function endpointFor(request: GraphRequest, path: GraphPath): Endpoint {
    const shape = path.shape.replace(/^(?:me|users\/\{\})(?=\/|$)/, '{user}');
    const methods = table.get(shape);
    if (methods === undefined) {
      throw notFound('Requested API is not supported. Please check the path.');
    }
    const endpoint = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
    if (endpoint === undefined) {
      throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
    }
    return endpoint;
  }

  return async (request) => {
    const caller = identify(request.headers['authorization'], now());
    const path = parsePath(request.target);
    const isBatch = path.shape === '$batch';
    if (isBatch && request.isPart) {
      throw badRequest('A batch cannot hold another batch.');
    }
    if (!isBatch) {
      rateLimit.take();
    }
    return endpointFor(request, path)({ request, path, caller });
  };
}
