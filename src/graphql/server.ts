import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Log } from '../log.ts';
import type { Context } from './context.ts';
import { formatError } from './errors.ts';
import { MAX_TOKENS, limitsRule } from './limits.ts';
import { createSchema } from './schema.ts';

interface GraphQLServerOptions {
  readonly logger: Log;
  /** Whether clients may ask for the schema, and are told what they may have meant when they ask for what is not in it. */
  readonly introspection: boolean;
  /** Told of each error that no code foresees; the client reads only that there was one. */
  readonly onUnforeseen: (error: unknown) => void;
}

/** Creates what executes operations. It is started by the first request or by `start()`; `stop()` ends it. */
export function createGraphQLServer({
  introspection,
  logger,
  onUnforeseen,
}: GraphQLServerOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema: createSchema(),
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [limitsRule],
    formatError: (formatted, error) => formatError(formatted, error, onUnforeseen),
    // The process decides when it ends; Apollo's own handler would end it before what is in flight has finished.
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    logger,
  });
}
