/** The operations that are running, so that all can be ended at once. */
import type { Operation } from '../../msgraph/operation.ts';

/** Runs work as part of an operation and returns its result. */
export type WithOperation = <Outcome>(work: (operation: Operation) => Promise<Outcome>) => Promise<Outcome>;

export interface RunningOperations {
  /** Creates an operation, which the caller ends. */
  readonly begin: () => Operation;
  /** Creates an operation for some work, and ends it when the work is over. */
  readonly run: WithOperation;
  /** Ends all of them: their requests are aborted. */
  readonly endAll: () => void;
}

/** Keeps track of the operations that `create` creates. */
export function createRunningOperations(create: () => Operation): RunningOperations {
  const running = new Set<Operation>();

  function begin(): Operation {
    const operation = create();
    running.add(operation);
    return {
      ...operation,
      end() {
        running.delete(operation);
        operation.end();
      },
    };
  }

  return {
    begin,
    async run(work) {
      const operation = begin();
      try {
        return await work(operation);
      } finally {
        operation.end();
      }
    },
    endAll() {
      for (const operation of running) operation.end();
    },
  };
}
