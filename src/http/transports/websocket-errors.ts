/** The errors that graphql-ws sends: those of the gateway unchanged, and any other masked. */
import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';
import { INTERNAL_ERROR } from '../../internal-error.ts';

/** An error that the library sends unchanged, because it has `toJSON`. */
export function ownError(error: GraphQLFormattedError): GraphQLError {
  return Object.assign(new GraphQLError(error.message), { toJSON: () => error });
}

const MASKED: GraphQLFormattedError = { message: INTERNAL_ERROR, extensions: { code: 'INTERNAL_SERVER_ERROR' } };

/**
 * The errors that end an operation, as the client reads them. All but those of `ownError` are the library's, for
 * instance of a result that cannot be sent. They are logged here, because nothing else reports them.
 */
export function maskErrors(errors: readonly GraphQLError[], log: FastifyBaseLogger): readonly GraphQLFormattedError[] {
  return errors.map((error) => {
    if (Object.hasOwn(error, 'toJSON')) return error.toJSON();
    log.error({ error: error.originalError ?? error }, 'unexpected error');
    return MASKED;
  });
}
