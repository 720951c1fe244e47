/** Batch window: one turn of the event loop, whose requests are batched together. */

export interface BatchWindow {
  /** Called for each request once it is queued. */
  readonly added: () => void;
  /** Whether more requests may still be added in this turn. */
  readonly isOpen: () => boolean;
}

/**
 * Decides when to send. `send` is called at the end of each window. When `isEnough` is true earlier, it is called as
 * soon as the current callback of the event loop returns. Without that, all requests of a turn would be sent at once
 * and answered at once, and Graph and the gateway would alternately wait for each other.
 */
export function createBatchWindow(isEnough: () => boolean, send: () => void): BatchWindow {
  let isOpen = false;
  let isSendingSoon = false;

  function open(): void {
    isOpen = true;
    // Every DataLoader that has something to load in this turn of the event loop does so before the check phase:
    // https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick
    setImmediate(() => {
      isOpen = false;
      send();
    });
  }

  function sendSoon(): void {
    isSendingSoon = true;
    process.nextTick(() => {
      isSendingSoon = false;
      send();
    });
  }

  return {
    added() {
      if (!isOpen) open();
      if (!isSendingSoon && isEnough()) sendSoon();
    },
    isOpen: () => isOpen,
  };
}
