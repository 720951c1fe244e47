/** One moment after the other: what is asked in a turn of the event loop belongs together. */

export interface Moment {
  /** Called for each that is asked, with whether so much waits by now that it need not wait for more. */
  readonly asked: (isEnough: boolean) => void;
  /** Whether more may still be asked in this moment. */
  readonly isOpen: () => boolean;
}

/**
 * Creates what tells when to send. `send` is called when a moment is over; and in the middle of one, when there was enough, as soon as the
 * callback of the event loop that asked is over: what many ask in one turn would else leave at once, be answered at once, and have
 * Graph and us wait for each other by turns.
 */
export function createMoment(send: () => void): Moment {
  let isOpen = false;
  let isEnough = false;

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
    isEnough = true;
    process.nextTick(() => {
      isEnough = false;
      send();
    });
  }

  return {
    asked(isEnoughNow) {
      if (!isOpen) open();
      if (isEnoughNow && !isEnough) sendSoon();
    },
    isOpen: () => isOpen,
  };
}
