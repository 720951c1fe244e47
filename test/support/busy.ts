/** An event loop that is never idle. */
import { onTestFinished } from 'vitest';

/** Keeps the event loop of this process, which is the gateway's too, busy until the test is over. */
export function keepBusy(): void {
  let isBusy = true;
  const turn = (): void => {
    if (isBusy) setImmediate(turn);
  };
  turn();
  onTestFinished(() => {
    isBusy = false;
  });
}
