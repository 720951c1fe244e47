/** A client that follows docs/delta.md: it keeps each token with its event, and reconnects after each cut. */
import { z } from 'zod';

export interface Subscriber {
  /** The ids it has received, in order, without those voided by a resync. */
  readonly heard: readonly string[];
  /** Resolves when it has received this recording. */
  has(id: string): Promise<void>;
  /** How often it had to reconnect. */
  readonly returns: number;
  stop(): Promise<void>;
}

const event = z.object({
  data: z.object({
    callRecordingDelta: z.object({
      added: z.array(z.object({ id: z.string() })),
      token: z.string(),
      resync: z.boolean(),
    }),
  }),
});

const QUERY = `subscription ($organizer: ID!, $since: String) {
  callRecordingDelta(meetingOrganizerId: $organizer, since: $since) { added { id } token resync }
}`;

/** Without an answer for this long, it reconnects: the process that got the connection may have been killed. */
const SILENT_MS = 10_000;

/** Subscribes to an organizer, each time at the origin that `anyUrl` gives then. */
export function startSubscriber(organizer: string, anyUrl: () => string): Subscriber {
  const heard: string[] = [];
  const stopped = new AbortController();
  const waiting = new Map<string, () => void>();
  let since: string | null = null;
  let returns = 0;

  function take(text: string): void {
    const { data } = event.safeParse(JSON.parse(text));
    // An error ends the connection, after which it reconnects.
    if (data === undefined) return;
    const { added, resync, token } = data.data.callRecordingDelta;
    if (resync) heard.length = 0;
    for (const { id } of added) {
      heard.push(id);
      waiting.get(id)?.();
    }
    since = token;
  }

  async function open(): Promise<Response> {
    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(), SILENT_MS);
    try {
      return await fetch(`${anyUrl()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: QUERY, variables: { organizer, since } }),
        signal: AbortSignal.any([stopped.signal, silent.signal]),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async function listenOnce(): Promise<void> {
    const response = await open();
    let unread = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = `${unread}${chunk}`.split('\n\n');
      unread = frames.pop() ?? '';
      for (const frame of frames) {
        const [, text] = /^event: next\ndata: (.*)$/.exec(frame) ?? [];
        if (text !== undefined) take(text);
      }
    }
  }

  async function listen(): Promise<void> {
    while (!stopped.signal.aborted) {
      // Any end is handled in the same way.
      await Promise.allSettled([listenOnce()]);
      returns += 1;
    }
  }

  const done = listen();
  return {
    heard,
    get returns() {
      return returns;
    },
    has(id) {
      if (heard.includes(id)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(id, resolve);
      return promise;
    },
    async stop() {
      stopped.abort();
      await done;
    },
  };
}
