/** Limits how many commands are in flight, so that the time of one does not include the time of all before it. */
import { createDeque } from '../deque.ts';

export interface CommandWindow {
  /** Runs `command` and returns its result, as soon as fewer than the limit are in flight. Others wait in order. */
  run<Answer>(command: () => Promise<Answer>): Promise<Answer>;
}

/** Creates a window of this many commands, none of which is in flight. */
export function createCommandWindow(limit: number): CommandWindow {
  const waiting = createDeque<() => void>();
  let inFlight = 0;

  /** Resolves when there is room for one more, which is then taken. */
  async function room(): Promise<void> {
    if (inFlight < limit) {
      inFlight += 1;
      return;
    }
    await new Promise<void>((resolve) => {
      waiting.add(resolve);
    });
  }

  function leave(): void {
    const next = waiting.takeFirst();
    // The next one takes over the room, so that no later command comes before it.
    if (next === undefined) inFlight -= 1;
    else next();
  }

  return {
    async run(command) {
      await room();
      try {
        return await command();
      } finally {
        leave();
      }
    },
  };
}
