import type { GraphQLError } from 'graphql';
import type { Log } from '../log.ts';
import { isUnforeseen } from './errors.ts';

/** Logs the unforeseen errors of an operation, with their stacks and the id of the request. */
export function logUnforeseen(log: Log, requestId: string | undefined, errors: readonly GraphQLError[]): void {
  for (const error of errors.filter(isUnforeseen))
    log.error({ requestId, error: error.originalError ?? error, path: error.path }, 'unforeseen error');
}
