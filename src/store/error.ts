/** The store failed, cannot be reached, or timed out: the operation may or may not have happened. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
