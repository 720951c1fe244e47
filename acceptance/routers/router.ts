/** A router of others, in front of the supergraph. */
import type { GraphQLResponse } from '../../test/support/gateway.ts';
import type { Supergraph } from '../supergraph.ts';

export interface Router {
  /** Its origin; it is asked at `/graphql`. */
  readonly url: string;
}

/** Starts a router over the supergraph. It ends with the test. */
export type StartRouter = (supergraph: Supergraph) => Promise<Router>;

/** What our subgraph wants to see of what the client has sent: who is asking, and under which name the request is traced. */
export const FORWARDED = ['authorization', 'traceparent', 'x-request-id'] as const;

export interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks a router by POST and gives the whole response back. */
export async function ask({ url }: Router, { headers, ...operation }: Asked): Promise<GraphQLResponse> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
  });
  return response.json();
}
