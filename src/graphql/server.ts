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
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  /** Whether documents are remembered by their digests, so that clients need to send each but once. */
  readonly remembersDocuments: boolean;
}

function isSubscription(document: DocumentNode, operationName: string | undefined): boolean {
  return getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
}

/** What has several answers cannot be answered here: Apollo Server would execute it as if it were a query, or say that it has to be posted. */
function refuseSubscription(): GraphQLResponse {
  const message =
    'A subscription has many answers: ask for events, with the header "accept: text/event-stream", or over WebSocket.';
  const singleResult = { errors: [{ message, extensions: { code: 'BAD_REQUEST' satisfies ErrorCode } }] };
  return { http: { status: 406, headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
}

/** Who asks for the trace of federation has each resolver timed, which only GraphQL.js does, and which takes some eight times as long. */
const TRACE = { header: 'apollo-federation-include-trace', value: 'ftv1' };

/**
 * Validates in Apollo Server's place, which has no room for checks before those of GraphQL.js, and executes what is known
 * already.
 */
function validationPlugin(validate: Validate, known: KnownOperations): ApolloServerPlugin<Context> {
  /** What need not be executed by Apollo Server: what is known, and what is too dear to have each of its resolvers timed. */
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
        // By GET it is refused before it could be answered here.
        if (request.http?.method !== 'GET' || operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
        Object.assign(response, refuseSubscription());
      },
    }),
  };
}

/** Says in each error of an execution where in the document it stands. */
const locationsPlugin: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    async willSendResponse({ document, errors, response: { body }, source }) {
      if (document === undefined || body.kind !== 'single' || !body.singleResult.errors || !errors) return;
      const locations = locationsOf(source, document);
      // Both lists have the same errors: as they were thrown, and as they are told.
      body.singleResult.errors = body.singleResult.errors.map((error, index) =>
        withLocations(error, errors[index]?.nodes, locations),
      );
    },
  }),
};

/** Tells who watches over an operation of its beginning, and of what is answered. */
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

/** Logs what no code foresees, with its stack, under the id of the request. */
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
 * Creates what executes operations that have one answer. It is started by the first request or by `start()`; `stop()` ends it. The header
 * `x-request-id` of a request is the id under which an unforeseen error is logged.
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
    // What it keeps of them is bounded by Apollo Server: 30 MiB in all, those that were asked for last.
    ...(remembersDocuments ? {} : { persistedQueries: false }),
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    parseOptions: PARSE_OPTIONS,
    dangerouslyDisableValidation: true,
    formatError,
    // The process decides when it ends; Apollo's own handler would end it before what is in flight has finished.
    stopOnTerminationSignals: false,
    plugins: [
      validationPlugin(validate, known),
      locationsPlugin,
      observerPlugin,
      logPlugin(logger),
      // A router that asks for it with a header is told how long each field took, in masked words: the trace of federation.
      ApolloServerPluginInlineTrace(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    logger,
  });
}
