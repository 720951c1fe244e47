import { ApolloServer, HeaderMap } from '@apollo/server';
import type { ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { ASTNode, GraphQLFormattedError, SourceLocation } from 'graphql';
import type { Log } from '../log.ts';
import type { Context } from './context.ts';
import { formatError, isUnforeseen, validationError } from './errors.ts';
import { MAX_TOKENS } from './limits.ts';
import { locationsOf } from './location.ts';
import { createSchema } from './schema.ts';
import { createValidation } from './validation.ts';

interface GraphQLServerOptions {
  readonly logger: Log;
  /** Whether clients may ask for the schema, and are told what they may have meant when they ask for what is not in it. */
  readonly introspection: boolean;
}

function withLocations(
  { message, ...rest }: GraphQLFormattedError,
  nodes: readonly ASTNode[] | undefined,
  known: ReadonlyMap<ASTNode, SourceLocation>,
): GraphQLFormattedError {
  const locations = nodes?.flatMap((node) => known.get(node) ?? []) ?? [];
  return { message, ...(locations.length === 0 ? {} : { locations }), ...rest };
}

/** Validates in Apollo Server's place, which has no room for checks before those of GraphQL.js. */
function validationPlugin(validate: ReturnType<typeof createValidation>): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => ({
      async responseForOperation({ document, request: { operationName, variables }, source }) {
        const errors = validate({ document, operationName, variables });
        if (errors.length === 0) return null;
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

/** Logs what no code foresees, with its stack, under the id of the request. */
function logPlugin(log: Log): ApolloServerPlugin<Context> {
  return {
    async unexpectedErrorProcessingRequest({ error, requestContext }) {
      log.error({ requestId: requestContext.request.http?.headers.get('x-request-id'), error }, 'unforeseen error');
    },
    requestDidStart: async () => ({
      async didEncounterErrors({ errors, request }) {
        const requestId = request.http?.headers.get('x-request-id');
        for (const error of errors.filter(isUnforeseen))
          log.error({ requestId, error: error.originalError ?? error, path: error.path }, 'unforeseen error');
      },
    }),
  };
}

/**
 * Creates what executes operations. It is started by the first request or by `start()`; `stop()` ends it. The header
 * `x-request-id` of a request is the id under which an unforeseen error is logged.
 */
export function createGraphQLServer({ introspection, logger }: GraphQLServerOptions): ApolloServer<Context> {
  const schema = createSchema();
  return new ApolloServer<Context>({
    schema,
    introspection,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    parseOptions: { maxTokens: MAX_TOKENS, noLocation: true },
    dangerouslyDisableValidation: true,
    formatError,
    // The process decides when it ends; Apollo's own handler would end it before what is in flight has finished.
    stopOnTerminationSignals: false,
    plugins: [
      validationPlugin(createValidation({ schema, introspection })),
      locationsPlugin,
      logPlugin(logger),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    logger,
  });
}
