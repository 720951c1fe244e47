/** The client of the gateway: queries over HTTP, subscriptions over Server-Sent Events. */
import { ApolloClient, ApolloLink, HttpLink, Observable } from '@apollo/client';
import { OperationTypeNode, print } from 'graphql';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { createClient as createEventClient } from 'graphql-sse';
import { createCache } from './cache.ts';
import { missingPartsLink } from './missing.ts';
import { fetchUnlessSilent } from './silence.ts';

const ENDPOINT = '/graphql';

/** An error as received: the package types it as a GraphQL.js error, but it is parsed JSON. */
function plain({
  message,
  path,
  extensions,
}: Pick<GraphQLError, 'message' | 'path' | 'extensions'>): GraphQLFormattedError {
  return { message, ...(path && { path }), ...(extensions && { extensions }) };
}

/**
 * Subscriptions, each over its own connection. The library's retries are off: they would send the first variables, but
 * a reconnect must send the newest token. `onConnected` in a subscription's context is called when the gateway has
 * accepted it, which may be long before the first event.
 */
function createEventLink(headers: () => Record<string, string>): ApolloLink {
  const events = createEventClient({ url: ENDPOINT, headers, retryAttempts: 0, fetchFn: fetchUnlessSilent });
  return new ApolloLink(({ query, variables, operationName, getContext }) => {
    const onConnected: unknown = getContext()['onConnected'];
    return new Observable((observer) =>
      events.subscribe(
        { query: print(query), variables, ...(operationName === undefined ? {} : { operationName }) },
        {
          next: ({ data = null, errors }) =>
            observer.next(errors === undefined ? { data } : { data, errors: errors.map(plain) }),
          error: (error) => observer.error(error),
          complete: () => observer.complete(),
        },
        { connected: () => typeof onConnected === 'function' && onConnected() },
      ),
    );
  });
}

/** Creates a client of the gateway. `accessToken` is called before each request, so the token can change. */
export function createClient(accessToken: () => string | null): ApolloClient {
  const headers = (): Record<string, string> => {
    const token = accessToken();
    return token === null ? {} : { authorization: `Bearer ${token}` };
  };
  const answers = ApolloLink.from([
    new ApolloLink((operation, forward) => {
      operation.setContext({ headers: headers() });
      return forward(operation);
    }),
    new HttpLink({ uri: ENDPOINT }),
  ]);
  return new ApolloClient({
    cache: createCache(),
    link: missingPartsLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      createEventLink(headers),
      answers,
    ),
  });
}
