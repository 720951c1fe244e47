/** Charges a round to the operations that wait for it, its payers: to each of them every request that they share. */
import type { Operation } from '../../msgraph/operation.ts';

export interface Payers {
  /**
   * The outcome of the round, for an operation that was charged for its first request. Rejects with a `BudgetError` as
   * soon as the operation's budget does not allow another.
   */
  waitFor<Outcome>(operation: Operation, outcome: Promise<Outcome>): Promise<Outcome>;
  /**
   * The operation of the round. Its further requests are charged to all payers that wait by then. It continues even if
   * none of their budgets allows it.
   */
  charging(own: Operation): Operation;
}

/** Creates the payers of a round that has not begun. */
export function createPayers(): Payers {
  const payers = new Map<Operation, PromiseWithResolvers<never>>();
  let isFirst = true;

  function charge(operation: Operation, payer: PromiseWithResolvers<never>): void {
    try {
      operation.spend();
    } catch (error) {
      payers.delete(operation);
      payer.reject(error);
    }
  }

  return {
    waitFor(operation, outcome) {
      const payer = payers.get(operation) ?? Promise.withResolvers<never>();
      payers.set(operation, payer);
      return Promise.race([outcome, payer.promise]);
    },
    charging: (own) => ({
      ...own,
      spend() {
        own.spend();
        if (!isFirst) payers.forEach((payer, operation) => charge(operation, payer));
        isFirst = false;
      },
      exchanged(share) {
        own.exchanged(share);
        for (const operation of payers.keys()) operation.exchanged(share);
      },
    }),
  };
}
