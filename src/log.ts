import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { build as pretty } from 'pino-pretty';

export type Log = Logger;

/** Where the log goes: standard output, or what stands in for it. */
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/**
 * An error in the form in which it is logged. Only these members: an error of a library may carry the request or the
 * bytes at which it arose, and with them a token.
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
 * Writes to standard output: the first line of a turn of the event loop at once, for the process may hang or be killed, and all others
 * together, for to write takes longer than all else about a line.
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
  // When it ends by itself before the turn does.
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

/** Creates the log: one JSON line for each event on standard output, or something for the eye where that is a terminal. */
export function createLog(level: string, given?: Output): Log {
  const output = given ?? process.stdout;
  return pino(
    {
      level,
      base: null,
      // In words and in ISO 8601, which platforms understand without being told pino's numbers.
      formatters: { level: (label) => ({ level: label }) },
      timestamp: stdTimeFunctions.isoTime,
      // Libraries log an error as `err`, which is pino's custom; we as `error`.
      serializers: { err: describeError, error: describeError },
    },
    output.isTTY === true ? pretty({ colorize: true, destination: output }) : (given ?? gatherLines()),
  );
}
