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

/** How long lines are gathered. If the process is killed, it loses no more. */
const GATHERED_MS = 20;
/**
 * Longer writes to a pipe could be mixed with those of other workers:
 * https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html
 */
const ATOMIC_CHARACTERS = 4_096;

/**
 * Writes to standard output: a line after a pause immediately, because the process may hang or be killed, and the next
 * ones together, because writing is the most expensive part of a line.
 */
function gatherLines(): DestinationStream {
  let isGathering = false;
  let isExiting = false;
  let gathered = '';
  function write(): void {
    const text = gathered;
    gathered = '';
    if (text !== '') process.stdout.write(text);
  }
  function gather(): void {
    isGathering = true;
    setTimeout(() => {
      isGathering = false;
      if (gathered === '') return;
      write();
      gather();
    }, GATHERED_MS).unref();
  }
  // The reader may go away (EPIPE), or the disk be full. The gateway keeps serving without a log; each write tries
  // again.
  process.stdout.on('error', () => {});
  // No timer runs any more.
  process.once('exit', () => {
    isExiting = true;
    write();
  });
  return {
    write(line) {
      if (gathered.length + line.length > ATOMIC_CHARACTERS) write();
      gathered += line;
      if (isGathering && !isExiting) return;
      write();
      gather();
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
