import { ApolloServer, HeaderMap } from '@apollo/server';
import type { ApolloServerPlugin, GraphQLRequest, GraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { OperationTypeNode, getOperationAST } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Log } from '../log.ts';
import type { Context } from './context.ts';
import { formatError, validationError } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import type { KnownOperations } from './known-operations.ts';
import { PARSE_OPTIONS } from './limits.ts';
import { locationsOf, withLocations } from './location.ts';
import { answerOf } from './observer.ts';
import { logUnforeseen } from './unforeseen.ts';
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

function isSubscription(document: DocumentNode, operationName: string | undefined): boolean {
  return getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
}

/**
 * Refuses a subscription, which Apollo Server would execute like a query or, by GET, refuse with the advice to use
 * POST.
 */
function refuseSubscription(): GraphQLResponse {
  const message =
    'A subscription has many answers: ask for events, with the header "accept: text/event-stream", or over WebSocket.';
  const singleResult = { errors: [{ message, extensions: { code: 'BAD_REQUEST' satisfies ErrorCode } }] };
  return { http: { status: 406, headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
}

/**
 * The header that requests a federation trace: each resolver is timed, by GraphQL.js, in about eight times the time.
 */
const TRACE = { header: 'apollo-federation-include-trace', value: 'ftv1' };

/**
 * Validates instead of Apollo Server, which cannot run checks before those of GraphQL.js, and executes operations that
 * have a plan.
 */
function validationPlugin(validate: Validate, known: KnownOperations): ApolloServerPlugin<Context> {
  /**
   * Answers an operation that has a plan or costs too much to be traced; null leaves the execution to Apollo Server.
   */
  async function answerHere(
    query: string,
    document: DocumentNode,
    { operationName, variables = {}, http }: GraphQLRequest,
    context: Context,
  ): Promise<GraphQLResponse | null> {
    const asked = { query, operationName: operationName ?? null, variables };
    const isTraced = http?.headers.get(TRACE.header) === TRACE.value;
    if (isTraced && validate({ document, operationName, variables, isTraced }).length === 0) return null;
    if (!isTraced) known.note(query, document, asked.operationName);
    const operation = known.find(asked);
    if (operation === null && !isTraced) return null;
    const requestId = http?.headers.get('x-request-id');
    const singleResult = await (operation?.execute(context, requestId) ??
      known.execute(asked, document, context, requestId));
    const status = singleResult.data === undefined ? { status: 400 } : {};
    return { http: { ...status, headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
  }

  return {
    requestDidStart: async () => ({
      async responseForOperation({ document, request, source, contextValue }) {
        const { operationName, variables } = request;
        const errors = validate({ document, operationName, variables });
        if (errors.length === 0)
          return isSubscription(document, operationName)
            ? refuseSubscription()
            : answerHere(source, document, request, contextValue);
        const locations = locationsOf(source, document);
        return {
          http: { status: 400, headers: new HeaderMap() },
          body: {
            kind: 'single',
            singleResult: {
              errors: errors.map((error) => withLocations(validationError(error), error.nodes, locations)),
            },
          },
        };
      },
      async willSendResponse({ operation, request, response }) {
        // Apollo Server refuses a subscription by GET before `responseForOperation`.
        if (request.http?.method !== 'GET' || operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
        Object.assign(response, refuseSubscription());
      },
    }),
  };
}

/** Adds source locations to the errors of an execution by Apollo Server. */
const locationsPlugin: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    async willSendResponse({ document, errors, response: { body }, source }) {
      if (document === undefined || body.kind !== 'single' || !body.singleResult.errors || !errors) return;
      const locations = locationsOf(source, document);
      // Both lists contain the same errors: as thrown, and as formatted.
      body.singleResult.errors = body.singleResult.errors.map((error, index) =>
        withLocations(error, errors[index]?.nodes, locations),
      );
    },
  }),
};

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

/** Logs unforeseen errors with their stacks and the id of the request. */
function logPlugin(log: Log): ApolloServerPlugin<Context> {
  return {
    async unexpectedErrorProcessingRequest({ error, requestContext }) {
      log.error({ requestId: requestContext.request.http?.headers.get('x-request-id'), error }, 'unforeseen error');
    },
    requestDidStart: async () => ({
      async didEncounterErrors({ errors, request }) {
        logUnforeseen(log, request.http?.headers.get('x-request-id'), errors);
      },
    }),
  };
}

/**
 * Creates the server for operations with a single result. The first request or `start()` starts it; `stop()` ends it.
 * Unforeseen errors are logged with the request's header `x-request-id`.
 */
export function createGraphQLServer({
  schema,
  validate,
  known,
  introspection,
  remembersDocuments,
  logger,
}: GraphQLServerOptions): ApolloServer<Context> {
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
      validationPlugin(validate, known),
      locationsPlugin,
      observerPlugin,
      logPlugin(logger),
      // The federation trace: tells a router that requests it how long each field took, with masked errors.
      ApolloServerPluginInlineTrace(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    logger,
  });
}
