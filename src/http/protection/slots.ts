/** Slots: limits on what is open at once, in total and per caller. */

export interface SlotLimits {
  /** The number of slots. */
  readonly inAll: number;
  /** The number of them that one caller may take. */
  readonly perCaller: number;
}

export interface Slots {
  /**
   * Takes a slot for a caller, null for one that is not identified. Returns its `release`, or a sentence if there is
   * none.
   */
  take(caller: string | null): { readonly release: () => void } | string;
}

/** The words of a refusal: `open` follows "the limit on", and `are` follows "No more". */
export interface SlotWords {
  readonly open: string;
  readonly are: string;
}

/**
 * Creates a function that takes a slot for each subscription of a caller over one connection. One of them uses the
 * slot that the connection has taken already. Returns what `take` returns.
 */
export function slotsWithin(slots: Slots, caller: string | null): () => ReturnType<Slots['take']> {
  let isFree = true;
  return () => {
    if (!isFree) return slots.take(caller);
    isFree = false;
    return {
      release() {
        isFree = true;
      },
    };
  };
}

/**
 * Creates slots, all of which are free. They count what is open in this process. The limits are read for each `take`,
 * so they may change.
 */
export function createSlots(limits: SlotLimits, words: SlotWords): Slots {
  const open = new Map<string | null, number>();
  let all = 0;

  function release(caller: string | null): void {
    const left = (open.get(caller) ?? 0) - 1;
    if (left > 0) open.set(caller, left);
    else open.delete(caller);
    all -= 1;
  }

  return {
    take(caller) {
      const { inAll, perCaller } = limits;
      const own = open.get(caller) ?? 0;
      if (caller !== null && own >= perCaller)
        return `This caller has reached the limit on ${words.open} at once (${perCaller}). Close one, or wait until one ends.`;
      if (all >= inAll)
        return `No more ${words.are} at once: the gateway has reached its limit of ${inAll}. Retry later.`;
      open.set(caller, own + 1);
      all += 1;
      let isReleased = false;
      return {
        release() {
          if (!isReleased) release(caller);
          isReleased = true;
        },
      };
    },
  };
}
