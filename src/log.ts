/** The log, on standard output. */
import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { build as pretty } from 'pino-pretty';

export type Log = Logger;

/** Where the log is written: standard output, or a substitute. */
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/**
 * The logged form of an error. It has only these members: an error of a library may contain the request or the bytes
 * that caused it, and with them a token.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, cause } = error;
  return {
    type,
    message,
    stack,
    ...('code' in error ? { code: error.code } : {}),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

/**
 * Writes to standard output: the first line of an event loop turn immediately, because the process may hang or be
 * killed, and the other lines together, because writing is the most expensive part of a line.
 */
function gatherLines(): DestinationStream {
  let isDue = false;
  let others = '';
  function flush(): void {
    const text = others;
    isDue = false;
    others = '';
    if (text !== '') process.stdout.write(text);
  }
  // The reader may go away (EPIPE), or the disk be full. The gateway keeps serving without a log; each write tries
  // again.
  process.stdout.on('error', () => {});
  // The process may exit before the turn ends.
  process.once('exit', flush);
  return {
    write(line) {
      if (isDue) others += line;
      else {
        isDue = true;
        setImmediate(flush);
        process.stdout.write(line);
      }
    },
  };
}

/** Creates the log: one JSON line for each event on standard output, or colored text on a terminal. */
export function createLog(level: string, given?: Output): Log {
  const output = given ?? process.stdout;
  return pino(
    {
      level,
      base: null,
      // Level names and ISO 8601 times, which log platforms understand without a mapping of pino's numbers.
      formatters: { level: (label) => ({ level: label }) },
      timestamp: stdTimeFunctions.isoTime,
      // Libraries log an error as `err`, pino's convention; the gateway logs it as `error`.
      serializers: { err: describeError, error: describeError },
    },
    output.isTTY === true ? pretty({ colorize: true, destination: output }) : (given ?? gatherLines()),
  );
}
