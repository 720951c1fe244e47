/** A log that can be read back. */
import { Writable } from 'node:stream';
import { createLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';

type Line = Readonly<Record<string, unknown>>;

export interface CapturedLog {
  readonly log: Log;
  readonly text: () => string;
  /** Every line so far, parsed. */
  readonly lines: () => Line[];
}

/** Creates the gateway's own log over a stream that can be read back, which is a terminal if `isTTY`. */
export function createCapturedLog({ level = 'trace', isTTY = false } = {}): CapturedLog {
  let text = '';
  const output = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  return {
    log: createLog(level, Object.assign(output, { isTTY })),
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Line => JSON.parse(line)),
  };
}
