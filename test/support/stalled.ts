/** Subscribers that read nothing. */
import { once } from 'node:events';
import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { LISTEN } from './live.ts';
import type { Door } from './live.ts';

const IDS = Array.from({ length: 30 }, (_, index) => `id${index}: id`).join(' ');

/** Events that are much more than the system buffers for a connection: of a hundred recordings, 1.5 MB. */
export const LISTEN_TO_MUCH = LISTEN.replace(/\{ added .*\}/, `{ added { ${IDS} } hasMore }`);

/** Subscribes and reads nothing. The returned function reads it, and resolves with how it ended. */
export const stallBy: Readonly<Record<Door, (url: string, organizer: string) => () => Promise<unknown>>> = {
  events(url, organizer) {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const asked = request(`${url}/graphql`, { method: 'POST', agent: false, headers });
    onTestFinished(() => void asked.destroy());
    asked.on('error', () => {});
    const answered = once(asked, 'response');
    asked.end(JSON.stringify({ query: LISTEN_TO_MUCH, variables: { organizer } }));
    return async () => {
      const [response] = await answered;
      const closed = new Promise((resolve) => response.once('close', () => resolve(response.complete)));
      response.on('error', () => {});
      response.resume();
      return closed;
    };
  },
  websocket(url, organizer) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.once('message', () => {
      socket.send(
        JSON.stringify({ type: 'subscribe', id: '1', payload: { query: LISTEN_TO_MUCH, variables: { organizer } } }),
      );
      socket.pause();
    });
    const closed = once(socket, 'close');
    return async () => {
      socket.resume();
      const [code] = await closed;
      return code;
    };
  },
};
