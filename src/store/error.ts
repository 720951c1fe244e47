/** The store cannot be reached, or did not answer in time: what was asked may or may not have happened. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
