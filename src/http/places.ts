/** How much may be open at once: in all, and to one caller. */

export interface PlaceLimits {
  /** How many places there are. */
  readonly inAll: number;
  /** How many of them one caller may have. */
  readonly perCaller: number;
}

export interface Places {
  /**
   * Takes a place for one more of a caller, null for one who is not told from others, and answers with what gives it back.
   * Answers with a sentence where there is none.
   */
  take(caller: string | null): { readonly release: () => void } | string;
}

/** What has places, in the sentences of a refusal: what a caller may have so many of, and what so many do. */
export interface PlaceWords {
  readonly open: string;
  readonly are: string;
}

/**
 * Creates a function that takes a place for each subscription of a caller over one connection. One of them uses the place that
 * the connection has taken already. Returns what `take` returns.
 */
export function placesWithin(places: Places, caller: string | null): () => ReturnType<Places['take']> {
  let isFree = true;
  return () => {
    if (!isFree) return places.take(caller);
    isFree = false;
    return {
      release() {
        isFree = true;
      },
    };
  };
}

/** Creates places, all of which are free. They count what is open in this process. The limits are read for each `take`, so they may change. */
export function createPlaces(limits: PlaceLimits, words: PlaceWords): Places {
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
        return `A caller may have ${perCaller} ${words.open} at once, and this one has. Close one, or wait until one has ended.`;
      if (all >= inAll) return `At most ${inAll} ${words.are} at once from here, and so many do. Try again in a while.`;
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
