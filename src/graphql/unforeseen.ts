import type { GraphQLError } from 'graphql';
import type { Log } from '../log.ts';
import { isUnforeseen } from './errors.ts';

/** Logs those of the errors of an operation that no code foresees, with their stacks, under the id of the request. */
export function logUnforeseen(log: Log, requestId: string | undefined, errors: readonly GraphQLError[]): void {
  for (const error of errors.filter(isUnforeseen))
    log.error({ requestId, error: error.originalError ?? error, path: error.path }, 'unforeseen error');
}
