/** A third-party router in front of the supergraph. */
import type { GraphQLResponse } from '../../test/support/gateway.ts';
import type { Supergraph } from '../supergraph.ts';

export interface Router {
  /** Its origin; the endpoint is `/graphql`. */
  readonly url: string;
}

/** Starts a router over the supergraph. It ends with the test. */
export type StartRouter = (supergraph: Supergraph) => Promise<Router>;

/** The client headers that our subgraph needs: the caller's token, the trace context and the request id. */
export const FORWARDED = ['authorization', 'traceparent', 'x-request-id'] as const;

export interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends an operation to a router by POST and returns the whole response. */
export async function ask({ url }: Router, { headers, ...operation }: Asked): Promise<GraphQLResponse> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
  });
  return response.json();
}
