/** How much may be open at once: in all, and to one caller. */

export interface StreamLimits {
  /** How many streams may be open at once. */
  readonly inAll: number;
  /** How many of them one caller may have open. */
  readonly perCaller: number;
}

export interface StreamLimit {
  /**
   * Takes a place for one more stream of a caller, null for one who is not told from others, and answers with what gives
   * it back. Answers with a sentence where there is none.
   */
  take(caller: string | null): { readonly release: () => void } | string;
}

/** What streams, in the sentences of a refusal. */
interface Words {
  readonly open: string;
  readonly are: string;
}

const RECORDINGS: Words = { open: 'recordings streaming', are: 'recordings stream' };

/** Creates a limit of which all places are free. It counts what is open in this process. */
export function createStreamLimit({ inAll, perCaller }: StreamLimits, words: Words = RECORDINGS): StreamLimit {
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
