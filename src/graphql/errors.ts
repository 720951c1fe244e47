/** The one place where anything thrown becomes what a client reads. */
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { BudgetError, GraphError, InputError } from '../msgraph/error.ts';
import type { GraphErrorReason } from '../msgraph/error.ts';

/** Every code that this gateway's own errors carry in `extensions.code`. What each means is in docs/errors.md. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'BUDGET_EXCEEDED'
  | 'FORBIDDEN'
  | 'INTERNAL_SERVER_ERROR'
  | 'NOT_FOUND'
  | 'THROTTLED'
  | 'UPSTREAM_ERROR'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE';

function codeOfStatus(status: number): ErrorCode {
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status === 429) return 'THROTTLED';
  return status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_ERROR';
}

const CODE_OF_REASON: Record<Exclude<GraphErrorReason, 'status'>, ErrorCode> = {
  malformed: 'UPSTREAM_ERROR',
  timeout: 'UPSTREAM_TIMEOUT',
  token: 'UPSTREAM_UNAVAILABLE',
  unreachable: 'UPSTREAM_UNAVAILABLE',
};

function graphExtensions(error: GraphError): Record<string, unknown> {
  return {
    code: error.reason === 'status' ? codeOfStatus(error.status ?? 500) : CODE_OF_REASON[error.reason],
    ...(error.status === null ? {} : { graphStatus: error.status }),
    ...(error.code === null ? {} : { graphCode: error.code }),
    ...(error.requestId === null ? {} : { requestId: error.requestId }),
    // In seconds, as in the header of that name.
    ...(error.retryAfterMs === null ? {} : { retryAfter: Math.ceil(error.retryAfterMs / 1_000) }),
  };
}

/** The errors that are GraphQL's own: about the document and its variables, not about what a resolver did. */
function isOfTheRequest(formatted: GraphQLFormattedError, error: unknown): boolean {
  return error === unwrapResolverError(error) && formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR';
}

/**
 * Makes the error that a client reads; called for each error of a response. The unforeseen is masked, and `onUnforeseen`
 * is told, so that it is in the log with its stack.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  onUnforeseen: (error: unknown) => void,
): GraphQLFormattedError {
  const { locations, path } = formatted;
  const place = { ...(locations === undefined ? {} : { locations }), ...(path === undefined ? {} : { path }) };
  const thrown = unwrapResolverError(error);
  if (thrown instanceof GraphError) return { message: thrown.message, ...place, extensions: graphExtensions(thrown) };
  if (thrown instanceof InputError)
    return { message: thrown.message, ...place, extensions: { code: 'BAD_USER_INPUT' } };
  if (thrown instanceof BudgetError)
    return { message: thrown.message, ...place, extensions: { code: 'BUDGET_EXCEEDED' } };
  if (isOfTheRequest(formatted, error)) return formatted;
  onUnforeseen(thrown);
  const message =
    'Something went wrong in the gateway itself. Its log has the reason, under the x-request-id of this response.';
  return { message, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}
