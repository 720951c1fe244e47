/** Listening to abort signals, also to one that has aborted already, without leaving listeners on it. */
import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { onAbort, unlessAborted } from '../src/abort.ts';

describe('onAbort', () => {
  it('calls back once, when the signal aborts', () => {
    const controller = new AbortController();
    const callback = vi.fn<() => void>();
    onAbort(controller.signal, callback);
    expect(callback).not.toHaveBeenCalled();
    controller.abort();
    controller.abort();
    expect(callback).toHaveBeenCalledOnce();
  });

  it('calls back at once if the signal has aborted already', () => {
    const callback = vi.fn<() => void>();
    const stopListening = onAbort(AbortSignal.abort(), callback);
    stopListening();
    expect(callback).toHaveBeenCalledOnce();
  });

  it('does not call back after the listening has stopped, and leaves no listener on the signal', () => {
    const controller = new AbortController();
    const callback = vi.fn<() => void>();
    const stopListening = onAbort(controller.signal, callback);
    stopListening();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    expect(callback).not.toHaveBeenCalled();
  });
});

describe('unlessAborted', () => {
  it('resolves with the outcome, and leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    await expect(unlessAborted(Promise.resolve('outcome'), signal)).resolves.toBe('outcome');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects with the reason of a signal that aborts first, or has aborted already', async () => {
    const controller = new AbortController();
    const reason = new Error('the caller has left');
    const waiting = unlessAborted(new Promise(() => {}), controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(unlessAborted(new Promise(() => {}), controller.signal)).rejects.toBe(reason);
  });
});
