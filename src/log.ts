import { pino } from 'pino';
import type { Logger } from 'pino';
import { build as pretty } from 'pino-pretty';

export type Log = Logger;

/** Creates the log: one JSON line for each event on standard output, or something for the eye where that is a terminal. */
export function createLog(level: string, output: NodeJS.WriteStream = process.stdout): Log {
  return pino(
    { level, base: null },
    output.isTTY ? pretty({ colorize: true, ignore: 'pid,hostname', destination: output }) : output,
  );
}
