/** The error of a store: it failed, cannot be reached, or timed out: the operation may or may not have happened. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
