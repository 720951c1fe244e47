export interface Count {
  readonly add: () => void;
  /** Resolves as soon as the total is `count`. */
  readonly reached: (count: number) => Promise<void>;
}

/** Counts, so that a test can wait for a number instead of for a while. */
export function createCount(): Count {
  let total = 0;
  const waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    add() {
      total += 1;
      for (const { count, resolve } of waiters) if (count <= total) resolve();
    },
    reached(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.push({ count, resolve });
      if (count <= total) resolve();
      return promise;
    },
  };
}
