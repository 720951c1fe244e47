/** The operations that are running, so that all can be ended at once. */
import type { Operation } from '../../msgraph/operation.ts';

export interface RunningOperations {
  /** Creates an operation, which the caller ends. */
  readonly begin: () => Operation;
  /** Ends all of them: their requests are aborted. */
  readonly endAll: () => void;
}

/** Keeps track of the operations that `create` creates. */
export function createRunningOperations(create: () => Operation): RunningOperations {
  const running = new Set<Operation>();
  return {
    begin() {
      const operation = create();
      running.add(operation);
      return {
        ...operation,
        end() {
          running.delete(operation);
          operation.end();
        },
      };
    },
    endAll() {
      for (const operation of running) operation.end();
    },
  };
}
