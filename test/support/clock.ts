/** A clock that a test drives. */
import type { Clock } from '../../src/clock.ts';

/** A clock that stands still until it is advanced. */
export interface DrivenClock extends Clock {
  /** Advances the time and runs the callbacks due by then, in order. */
  advance(ms: number): void;
  /** Sets the time of day back, as an operator may do on a machine. Timers are not affected. */
  setBack(ms: number): void;
  /** Resolves when a timer is due in exactly `delayMs`. */
  waiting(delayMs: number): Promise<void>;
}

export function createDrivenClock(startMs = Date.parse('2026-11-23T12:00:00Z')): DrivenClock {
  let nowMs = startMs;
  let setBackMs = 0;
  const due: { atMs: number; callback: () => void }[] = [];
  let watchers: (() => void)[] = [];
  return {
    now: () => nowMs - setBackMs,
    // Another origin, so that code that confuses the two fails.
    steadyMs: () => nowMs - startMs,
    setBack(ms) {
      setBackMs += ms;
    },
    after(delayMs, callback) {
      const entry = { atMs: nowMs + delayMs, callback };
      due.push(entry);
      for (const watcher of watchers) watcher();
      return () => {
        const index = due.indexOf(entry);
        if (index !== -1) due.splice(index, 1);
      };
    },
    advance(ms) {
      nowMs += ms;
      for (const entry of due.filter(({ atMs }) => atMs <= nowMs).toSorted((a, b) => a.atMs - b.atMs)) {
        const index = due.indexOf(entry);
        // Canceled by one that was due before it.
        if (index === -1) continue;
        due.splice(index, 1);
        entry.callback();
      }
    },
    waiting(delayMs) {
      return new Promise((resolve) => {
        const look = (): void => {
          if (!due.some(({ atMs }) => atMs === nowMs + delayMs)) return;
          watchers = watchers.filter((watcher) => watcher !== look);
          resolve();
        };
        watchers.push(look);
        look();
      });
    },
  };
}
