/** The one place that turns a thrown value into the error that a client reads. */
import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, Kind, print } from 'graphql';
import type { ASTNode, GraphQLFormattedError } from 'graphql';
import { AccessError, AuthenticationError } from '../access/error.ts';
import { INTERNAL_ERROR_OF_RESPONSE } from '../internal-error.ts';
import { BudgetError, GraphError, InputError } from '../msgraph/error.ts';
import type { GraphErrorReason } from '../msgraph/error.ts';
import { ResyncRequiredError } from '../recordings/delta/feed-event.ts';
import { ApplicationOnlyError } from '../recordings/recordings.ts';
import { StoreError } from '../store/error.ts';
import { withoutTokens } from '../token-like.ts';
import { syntaxSentence } from './limits/limits.ts';
import { NO_OPERATION, requestSentence } from './request-sentence.ts';

/** All values of `extensions.code` in this gateway's own errors. docs/errors.md explains each. */
export const errorCodes = [
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'BUDGET_EXCEEDED',
  'DOCUMENT_NOT_TRUSTED',
  'FORBIDDEN',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
  'NOT_FOUND',
  'OVERLOADED',
  'RESYNC_REQUIRED',
  'THROTTLED',
  'UNAUTHENTICATED',
  'UPSTREAM_ERROR',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

type Extensions = Readonly<Record<string, unknown>>;

const BAD_REQUEST: ErrorCode = 'BAD_REQUEST';
const INTERNAL_SERVER_ERROR: ErrorCode = 'INTERNAL_SERVER_ERROR';

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

function codeOfGraph({ claims, code, reason, status }: GraphError): ErrorCode {
  // Entra ID has refused the caller or requires further claims: the client has to get another token and try again.
  if (claims !== null || (reason === 'token' && code !== null)) return 'UNAUTHENTICATED';
  return reason === 'status' ? codeOfStatus(status ?? 500) : CODE_OF_REASON[reason];
}

function graphExtensions(error: GraphError): Extensions {
  return {
    code: codeOfGraph(error),
    ...(error.status === null ? {} : { graphStatus: error.status }),
    ...(error.code === null ? {} : { graphCode: error.code }),
    ...(error.requestId === null ? {} : { requestId: error.requestId }),
    ...(error.claims === null ? {} : { claims: error.claims }),
    // In seconds, as in the header `retry-after`.
    ...(error.retryAfterMs === null ? {} : { retryAfter: Math.ceil(error.retryAfterMs / 1_000) }),
  };
}

/** Nodes of variables. A list or an object in a valid document can be wrong only by a variable in it. */
const OF_VARIABLES: ReadonlySet<ASTNode['kind']> = new Set([
  Kind.VARIABLE,
  Kind.VARIABLE_DEFINITION,
  Kind.LIST,
  Kind.OBJECT,
]);

/** The code of an error about the request that GraphQL.js or Apollo Server created without one. */
function codeOfRequestError({ extensions, message, nodes, originalError }: GraphQLError): ErrorCode {
  // A variable is missing or invalid (Apollo Server recognizes this only when it executes itself), or is null for a
  // non-nullable argument or item; or so many variables are invalid that GraphQL.js stops checking.
  if (nodes?.every(({ kind }) => OF_VARIABLES.has(kind)) === true) return 'BAD_USER_INPUT';
  if (message.startsWith('Too many errors processing variables')) return 'BAD_USER_INPUT';
  // A persisted query of an unsupported version or with a wrong digest.
  if (extensions['http'] !== undefined && originalError === undefined) return BAD_REQUEST;
  return INTERNAL_SERVER_ERROR;
}

function extensionsOf(error: unknown): Extensions {
  const thrown = unwrapResolverError(error);
  if (thrown instanceof GraphError) return graphExtensions(thrown);
  if (thrown instanceof AccessError || thrown instanceof ApplicationOnlyError) return { code: 'FORBIDDEN' };
  if (thrown instanceof AuthenticationError) return { code: 'UNAUTHENTICATED' };
  if (thrown instanceof ResyncRequiredError) return { code: 'RESYNC_REQUIRED' };
  if (thrown instanceof StoreError) return { code: 'UPSTREAM_UNAVAILABLE' };
  if (thrown instanceof InputError) return { code: 'BAD_USER_INPUT' };
  if (thrown instanceof BudgetError) return { code: 'BUDGET_EXCEEDED' };
  if (!(thrown instanceof GraphQLError)) return { code: INTERNAL_SERVER_ERROR };
  const { http: _http, ...extensions } = thrown.extensions;
  return 'code' in extensions ? extensions : { code: codeOfRequestError(thrown) };
}

/** Converts an error of `Validate` to the one that a client reads. */
export function validationError({ extensions, message }: GraphQLError): GraphQLFormattedError {
  return {
    message: withoutTokens(message),
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' satisfies ErrorCode, ...extensions },
  };
}

/** Whether an error is internal (unforeseen). It has to be logged, because the client only reads that it occurred. */
export function isUnforeseen(error: unknown): boolean {
  return extensionsOf(error)['code'] === INTERNAL_SERVER_ERROR;
}

/** Converts each error of a response to the one that the client reads. Unforeseen errors are masked. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path } = formatted;
  const extensions = extensionsOf(error);
  return {
    // A client that sends a token in the wrong place may log its errors where others read them.
    message: withoutTokens(messageOf(formatted.message, extensions['code'], error)),
    ...(locations === undefined ? {} : { locations }),
    // An error of the whole operation belongs to no field.
    ...(path === undefined || path.length === 0 ? {} : { path }),
    extensions,
  };
}

function messageOf(message: string, code: unknown, error: unknown): string {
  if (code === ApolloServerErrorCode.GRAPHQL_PARSE_FAILED) return syntaxSentence(message);
  if (code === ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE) return NO_OPERATION;
  if (code === INTERNAL_SERVER_ERROR) return INTERNAL_ERROR_OF_RESPONSE;
  if (code === BAD_REQUEST) return requestSentence(message);
  const [node] = error instanceof GraphQLError ? (error.nodes ?? []) : [];
  // GraphQL.js names the value of a variable, but not always the expected type.
  if (node?.kind !== Kind.VARIABLE_DEFINITION) return message;
  const { name } = node.variable;
  return `${message.replace(/\.?$/, '.')} The document declares "$${name.value}" as "${print(node.type)}". Send a value of this type.`;
}
