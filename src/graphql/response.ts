/** Formats refusals and results of operations as the responses that clients read, for all transports. */
import type {
  DocumentNode,
  ExecutionResult,
  FormattedExecutionResult,
  GraphQLError,
  GraphQLFormattedError,
} from 'graphql';
import type { Log } from '../log.ts';
import { locationsOf, withLocations } from './documents/location.ts';
import { formatError, isUnforeseen, validationError } from './errors.ts';

/** A document that was parsed without locations, and its text. */
interface ParsedDocument {
  readonly source: string;
  readonly document: DocumentNode;
}

function formatErrors(
  errors: readonly GraphQLError[],
  { source, document }: ParsedDocument,
  format: (error: GraphQLError) => GraphQLFormattedError,
): GraphQLFormattedError[] {
  const locations = locationsOf(source, document);
  return errors.map((error) => withLocations(format(error), error.nodes, locations));
}

/** Formats the errors of `Validate` for an operation that may not be executed, with their locations. */
export function formatRefusal(errors: readonly GraphQLError[], parsed: ParsedDocument): GraphQLFormattedError[] {
  return formatErrors(errors, parsed, validationError);
}

/**
 * Formats the result of an execution; its errors get their locations. Unforeseen errors are logged, with their stacks
 * and the id of the request.
 */
export function formatResult(
  { data, errors }: ExecutionResult,
  parsed: ParsedDocument,
  log: Log,
  requestId: string | undefined,
): FormattedExecutionResult {
  if (errors === undefined) return { data: data ?? null };
  for (const error of errors.filter(isUnforeseen))
    log.error({ requestId, error: error.originalError ?? error, path: error.path }, 'unexpected error');
  return {
    errors: formatErrors(errors, parsed, (error) => formatError(error.toJSON(), error)),
    // Without `data`, nothing was executed.
    ...(data === undefined ? {} : { data }),
  };
}
