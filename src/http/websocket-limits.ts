/** How fast one may speak over WebSocket, and how much may wait for those who do not listen. */
import type { WebSocket } from 'ws';
import type { Clock } from './clock.ts';
import { SLOW_MS } from './live.ts';

/** Who does not answer that they have been told of the end is not waited for any longer. */
export const CLOSE_GRACE_MS = 1_000;

/** https://www.iana.org/assignments/websocket/websocket.xhtml */
export const TRY_AGAIN_LATER = 1_013;

const NOT_TAKEN = 'An answer was not taken in time: come back with the newest token.';

/** So many messages may come at once, which is room for all operations that may go on over one connection, and their ends. */
const MESSAGES_AT_ONCE = 250;
/** And so often one more after that. Who sends faster is read more slowly, and told nothing. */
const PAUSE_MS = 50;

/**
 * So many answers may wait to be taken. Each operation has one at a time that waits; beyond that there are only the answers
 * to pings, and who asks a thousand times whether somebody is there takes no answer.
 */
const MOST_WAITING = 1_000;

/**
 * Behind so many bytes, 16 MiB, nothing more may wait. Each operation has a message at most that waits, and a hundred of them would be a
 * large part of the memory of a process. An answer larger than that is sent all the same, with nothing behind it.
 */
const MOST_WAITING_BYTES = 16 * 1_024 * 1_024;

/**
 * Reads a connection no faster than one may speak. Called for each message; while there have been too many nothing more is
 * read, so that what is sent too fast stays with its sender.
 */
export function createPace(socket: WebSocket, clock: Clock): () => void {
  let spent = 0;
  let sinceMs = clock.steadyMs();
  return () => {
    const now = clock.steadyMs();
    const regained = Math.floor((now - sinceMs) / PAUSE_MS);
    spent = Math.max(0, spent - regained) + 1;
    sinceMs = spent === 1 ? now : sinceMs + regained * PAUSE_MS;
    if (spent < MESSAGES_AT_ONCE || socket.isPaused) return;
    socket.pause();
    clock.after(PAUSE_MS, () => socket.resume());
  };
}

/** What is sent to one connection. */
export interface Sender {
  /** Sends a message. Resolves when it has been taken, or cannot be any more. */
  send(text: string): Promise<void>;
  /** Answers a ping of the protocol below. */
  pong(data: Buffer): void;
}

/**
 * Creates what sends to a connection. Who takes nothing for long is told so behind what they have not taken, and cut off a
 * moment later; who lets too much wait is cut off at once.
 */
export function createSender(socket: WebSocket, clock: Clock, onCut: () => void): Sender {
  let waiting = 0;
  let isCut = false;
  /** Whether this is the first reason to cut it off. */
  function noteCut(): boolean {
    if (isCut) return false;
    isCut = true;
    onCut();
    return true;
  }
  function cut(): void {
    if (!noteCut()) return;
    socket.close(TRY_AGAIN_LATER, NOT_TAKEN);
    const cancel = clock.after(CLOSE_GRACE_MS, () => socket.terminate());
    socket.once('close', cancel);
  }

  function begin(): void {
    waiting += 1;
    if (waiting <= MOST_WAITING && socket.bufferedAmount <= MOST_WAITING_BYTES) return;
    noteCut();
    socket.terminate();
  }

  /** What is called when a message has been taken. It holds on to nothing of the message, which may wait for long. */
  function whenTaken(resolve: () => void): () => void {
    const cancel = clock.after(SLOW_MS, cut);
    return () => {
      cancel();
      waiting -= 1;
      resolve();
    };
  }

  return {
    send(text) {
      begin();
      const { promise, resolve } = Promise.withResolvers<void>();
      // As bytes: a text would be kept beside those that are made of it. When it is gone, its end says so; here it only is not to be waited for.
      socket.send(Buffer.from(text), { binary: false }, whenTaken(resolve));
      return promise;
    },
    pong(data) {
      if (socket.readyState !== socket.OPEN) return;
      begin();
      socket.pong(data, false, () => (waiting -= 1));
    },
  };
}
