/** Apollo Server, configured for this gateway. */
import { ApolloServer, HeaderMap } from '@apollo/server';
import type { ApolloServerPlugin, GraphQLRequest, GraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { OperationTypeNode, getOperationAST } from 'graphql';
import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { Log } from '../log.ts';
import type { Context } from './context.ts';
import { formatError } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import type { KnownOperations } from './execution/known-operations.ts';
import { PARSE_OPTIONS } from './limits/limits.ts';
import { answerOf } from './observer.ts';
import { formatRefusal, formatResult } from './response.ts';
import type { Validate } from './validation.ts';

interface GraphQLServerOptions {
  readonly schema: GraphQLSchema;
  readonly validate: Validate;
  readonly known: KnownOperations;
  readonly logger: Log;
  /** Whether clients may query the schema. */
  readonly introspection: boolean;
  /**
   * Whether documents are cached by their digests, so that clients send each only once (automatic persisted queries).
   */
  readonly remembersDocuments: boolean;
}

function requestIdOf({ http }: GraphQLRequest): string | undefined {
  return http?.headers.get('x-request-id');
}

function respond(singleResult: FormattedExecutionResult, status?: number): GraphQLResponse {
  const http = { headers: new HeaderMap(), ...(status === undefined ? {} : { status }) };
  return { http, body: { kind: 'single', singleResult } };
}

/**
 * Refuses a subscription, which Apollo Server would execute like a query or, by GET, refuse with the advice to use
 * POST.
 */
function refuseSubscription(): GraphQLResponse {
  const message =
    'A subscription returns more than one result. Use Server-Sent Events, with the header "accept: text/event-stream", or WebSocket.';
  return respond({ errors: [{ message, extensions: { code: 'BAD_REQUEST' satisfies ErrorCode } }] }, 406);
}

/** The header that requests a federation trace: each resolver is timed, which takes about eight times as long. */
const TRACE = { header: 'apollo-federation-include-trace', value: 'ftv1' };

/**
 * Validates and executes instead of Apollo Server, which cannot run checks before those of GraphQL.js. Only a traced
 * operation is executed there.
 */
function executionPlugin({ validate, known, logger }: GraphQLServerOptions): ApolloServerPlugin<Context> {
  return {
    async unexpectedErrorProcessingRequest({ error, requestContext: { request } }) {
      logger.error({ requestId: requestIdOf(request), error }, 'unexpected error');
    },
    requestDidStart: async () => ({
      async responseForOperation({ document, request, source, contextValue }) {
        const { operationName = null, variables = {}, http } = request;
        const errors = validate({ document, operationName, variables });
        if (errors.length > 0) return respond({ errors: formatRefusal(errors, { source, document }) }, 400);
        const operation = getOperationAST(document, operationName);
        // Apollo Server has an error of its own for a missing operation.
        if (!operation) return null;
        if (operation.operation === OperationTypeNode.SUBSCRIPTION) return refuseSubscription();
        const isTraced = http?.headers.get(TRACE.header) === TRACE.value;
        // An operation that costs too much to be traced is executed without a trace.
        if (isTraced && validate({ document, operationName, variables, isTraced }).length === 0) return null;
        known.note(source, document, operationName);
        const requested = { query: source, operationName, variables };
        const result = await known.execute(requested, document, contextValue, requestIdOf(request));
        return respond(result, result.data === undefined ? 400 : undefined);
      },
      async willSendResponse({ document, errors, operation, request, response, source }) {
        const { body } = response;
        // Apollo Server refuses a subscription by GET before `responseForOperation`.
        if (request.http?.method === 'GET' && operation?.operation === OperationTypeNode.SUBSCRIPTION)
          Object.assign(response, refuseSubscription());
        // What Apollo Server has executed or refused itself lacks locations.
        else if (document !== undefined && errors !== undefined && body.kind === 'single')
          Object.assign(
            body.singleResult,
            formatResult({ errors }, { source, document }, logger, requestIdOf(request)),
          );
      },
    }),
  };
}

/** Notifies the observer of an operation when it begins and when it is answered. */
const observerPlugin: ApolloServerPlugin<Context> = {
  async requestDidStart({ contextValue: { observer } }) {
    if (observer === undefined) return undefined;
    observer.onBegun();
    return {
      async willSendResponse({ operation, operationName, response: { body } }) {
        if (body.kind !== 'single') return;
        observer.onAnswered(answerOf(operation?.operation ?? 'unknown', operationName, body.singleResult));
      },
    };
  },
};

/**
 * Creates the server for operations with a single result. The first request or `start()` starts it; `stop()` ends it.
 * Unforeseen errors are logged with the request's header `x-request-id`.
 */
export function createGraphQLServer(options: GraphQLServerOptions): ApolloServer<Context> {
  const { schema, introspection, remembersDocuments, logger } = options;
  return new ApolloServer<Context>({
    schema,
    introspection,
    // Apollo Server limits its cache of documents to the most recently used 30 MiB.
    ...(remembersDocuments ? {} : { persistedQueries: false }),
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    parseOptions: PARSE_OPTIONS,
    dangerouslyDisableValidation: true,
    formatError,
    // The process handles signals itself; Apollo's handler would end it before requests in flight have finished.
    stopOnTerminationSignals: false,
    plugins: [
      executionPlugin(options),
      observerPlugin,
      // The federation trace: tells a router that requests it how long each field took, with masked errors.
      ApolloServerPluginInlineTrace(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    logger,
  });
}
