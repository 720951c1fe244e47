/** One moment after the other: what is asked in a turn of the event loop belongs together. */

export interface Moment {
  /** Called for each that is asked, when it waits. */
  readonly asked: () => void;
  /** Whether more may still be asked in this moment. */
  readonly isOpen: () => boolean;
}

/**
 * Creates what tells when to send. `send` is called when a moment is over; and in the middle of one, when `isEnough` says that what
 * waits need not wait for more, as soon as the callback of the event loop that asked is over: what many ask in one turn would else
 * leave at once, be answered at once, and have Graph and us wait for each other by turns.
 */
export function createMoment(isEnough: () => boolean, send: () => void): Moment {
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
    asked() {
      if (!isOpen) open();
      if (!isSendingSoon && isEnough()) sendSoon();
    },
    isOpen: () => isOpen,
  };
}
