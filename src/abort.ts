/** Listening to abort signals. */

/** Calls back once when the signal aborts, at once if it has aborted already. The returned function stops listening. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) callback();
  else signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}

/**
 * Waits for a promise that cannot be aborted itself. Rejects with the reason of the signal when that aborts first.
 * Leaves no listener on a signal that lives longer.
 */
export async function unlessAborted<Value>(outcome: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const stopListening = onAbort(signal, () => aborted.reject(signal.reason));
  try {
    return await Promise.race([outcome, aborted.promise]);
  } finally {
    stopListening();
  }
}
