/** Limits on the rate of a WebSocket's messages, on the backlog of its responses, and on the reason of its end. */
import type { WebSocket } from 'ws';
import type { Clock } from '../../clock.ts';
import { SLOW_MS } from './live.ts';

/** How long to wait for the client to confirm the end. */
export const CLOSE_GRACE_MS = 1_000;

/** https://www.iana.org/assignments/websocket/websocket.xhtml */
export const TRY_AGAIN_LATER = 1_013;

/** https://www.rfc-editor.org/rfc/rfc6455#section-5.5 leaves so much of a close frame for its reason. */
const MOST_REASON_BYTES = 123;

/** As much of a reason as a close frame holds, without half a character: graphql-ws repeats ids of any length. */
export function closeReason(reason: string): string {
  return new TextDecoder().decode(Buffer.from(reason).subarray(0, MOST_REASON_BYTES), { stream: true });
}

const NOT_TAKEN = 'The client did not read an event in time. Reconnect with the latest token.';

/** The largest burst of messages. It has room for all operations that one connection may have, and their ends. */
const MESSAGES_AT_ONCE = 250;
/** The time until one more may come. A faster sender is read more slowly, without notice. */
const PAUSE_MS = 50;

/**
 * The most answers that may wait to be taken. Each operation has at most one that waits. All others answer pings, and a
 * client that pings a thousand times without reading wants no answer.
 */
const MOST_WAITING = 1_000;

/**
 * Nothing more may be queued behind this many bytes, 16 MiB. Each operation has at most one message that waits, and a
 * hundred of them would be a large part of the memory of a process. A larger response is still sent, with nothing
 * behind it.
 */
const MOST_WAITING_BYTES = 16 * 1_024 * 1_024;

/** The messages of one connection that count against the limit, as of a time of the steady clock. */
interface Spent {
  messages: number;
  sinceMs: number;
}

// With closures instead, each connection would take more memory, and few are ever paused.
function regain(spent: Spent, now: number): void {
  const regained = Math.floor((now - spent.sinceMs) / PAUSE_MS);
  spent.messages = Math.max(0, spent.messages - regained);
  spent.sinceMs = spent.messages === 0 ? now : spent.sinceMs + regained * PAUSE_MS;
}

function resumeInTime(spent: Spent, socket: WebSocket, clock: Clock): void {
  regain(spent, clock.steadyMs());
  if (spent.messages < MESSAGES_AT_ONCE) return socket.resume();
  const cancel = clock.after((spent.messages - MESSAGES_AT_ONCE + 1) * PAUSE_MS, () => {
    socket.off('close', cancel);
    resumeInTime(spent, socket, clock);
  });
  socket.once('close', cancel);
}

/**
 * Creates the rate limit of one connection, to be called for each message. After too many, nothing more is read until
 * one more may come, so that the excess stays with the sender. What has already been read, one chunk at most, is still
 * handled, and lengthens the pause.
 */
export function createMessageLimit(socket: WebSocket, clock: Clock): () => void {
  const spent: Spent = { messages: 0, sinceMs: clock.steadyMs() };
  return () => {
    regain(spent, clock.steadyMs());
    spent.messages += 1;
    if (spent.messages < MESSAGES_AT_ONCE || socket.isPaused) return;
    socket.pause();
    resumeInTime(spent, socket, clock);
  };
}

/** Sends to one connection. */
export interface Sender {
  /** Sends a message. Resolves when it has been written to the connection, or no longer can be. */
  readonly send: (text: string) => Promise<void>;
  /** Answers a ping frame of WebSocket. */
  readonly pong: (data: Buffer) => void;
}

/**
 * Creates the sender of a connection. A client that takes nothing for long gets a close frame behind its backlog, and
 * is cut off after a grace period; one with too large a backlog is cut off at once.
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

  /** Creates the callback of a message. It holds no reference to the message, which may wait for long. */
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
      // As bytes: a text would be kept in addition to its encoding. If the connection is gone, its end reports that;
      // here the wait only ends.
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
