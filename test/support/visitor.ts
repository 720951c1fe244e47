/** A client that sends any kind of request and keeps everything received: status lines, headers, bodies, frames. */
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Output } from './secret-search.ts';

export interface Asked {
  readonly method?: string;
  /** The literal request target. `/graphql` when left out. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a text, by POST unless another method is named. */
  readonly body?: unknown;
}

export interface Opened {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The first is sent on opening, the others when that has been answered. */
  readonly messages: readonly unknown[];
}

/** What is received over a connection that may stay open. */
export interface Heard {
  /** Resolves when a match has been received. Rejects if the connection ends without it. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  leave(): void;
}

export interface Visitor {
  /** Sends a request, and resolves with the status after the whole answer, or with 0 if there is none. */
  ask(name: string, asked: Asked): Promise<number>;
  /** The same for an answer that may continue. */
  listen(name: string, asked: Asked): Heard;
  /** Opens a WebSocket. */
  open(name: string, opened: Opened): Heard;
  /** Sends bytes, and resolves when the gateway has closed the connection. */
  sendRaw(name: string, bytes: string): Promise<void>;
  /** Everything received so far, each answer by the name of its request. */
  heard(): Output[];
  /** The statuses of all answers so far. */
  statuses(): ReadonlySet<number>;
  /** The codes of all errors so far. */
  codes(): ReadonlySet<string>;
}

interface Ear extends Heard {
  readonly add: (text: string) => void;
  readonly end: () => void;
}

const nothing = (): void => undefined;

function createEar(heard: string[], leave: () => void): Ear {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  let look = nothing;
  onTestFinished(leave);
  return {
    ended,
    leave,
    add(text) {
      heard.push(text);
      look();
    },
    end() {
      isOver = true;
      resolve();
      look();
    },
    until: (pattern) =>
      new Promise((found, missed) => {
        const before = look;
        look = () => {
          before();
          if (pattern.test(heard.join(''))) found();
          else if (isOver) missed(new Error(`Expected ${String(pattern)}, but the end came without it.`));
        };
        look();
      }),
  };
}

function headOf({ httpVersion, statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const headers = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\n`));
  return `HTTP/${httpVersion} ${statusCode} ${statusMessage}\n${headers.join('')}\n`;
}

/** Creates a visitor of the gateway at an origin. */
export function createVisitor(origin: string): Visitor {
  const { hostname, port } = new URL(origin);
  const heard = new Map<string, string[]>();
  const statuses = new Set<number>();

  function textsOf(name: string): string[] {
    const texts = heard.get(name) ?? [];
    heard.set(name, texts);
    return texts;
  }

  function listen(name: string, asked: Asked): Heard & { readonly status: Promise<number> } {
    const { body, method = body === undefined ? 'GET' : 'POST', path = '/graphql', headers } = asked;
    const status = Promise.withResolvers<number>();
    const type = typeof body === 'string' || body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request({ host: hostname, port, method, path, headers: { ...type, ...headers }, agent: false });
    const ear = createEar(textsOf(name), () => outgoing.destroy());
    outgoing.once('response', (incoming) => {
      statuses.add(incoming.statusCode ?? 0);
      status.resolve(incoming.statusCode ?? 0);
      ear.add(headOf(incoming));
      incoming.setEncoding('utf8').on('data', ear.add).on('error', ear.end).once('close', ear.end);
    });
    outgoing.on('error', ear.end).once('close', ear.end);
    void ear.ended.then(() => status.resolve(0));
    outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
    return { ...ear, status: status.promise };
  }

  return {
    listen,
    async ask(name, asked) {
      const { ended, status } = listen(name, asked);
      await ended;
      return status;
    },
    open(name, { protocols = ['graphql-transport-ws'], headers = {}, messages }) {
      const socket = new WebSocket(`ws://${hostname}:${port}/graphql`, [...protocols], { headers });
      const texts = messages.map((message) => (typeof message === 'string' ? message : JSON.stringify(message)));
      const ear = createEar(textsOf(name), () => socket.terminate());
      socket.on('upgrade', (incoming) => ear.add(headOf(incoming)));
      socket.on('unexpected-response', (_, incoming: IncomingMessage) => {
        ear.add(headOf(incoming));
        socket.terminate();
      });
      socket.on('message', (data: Buffer) => ear.add(`${data.toString()}\n`));
      socket.on('error', (error) => ear.add(`${error.message}\n`));
      socket.once('close', (code, reason) => {
        ear.add(`closed: ${code} ${reason.toString()}\n`);
        ear.end();
      });
      socket.once('open', () => {
        for (const text of texts.slice(0, 1)) socket.send(text);
      });
      socket.once('message', () => {
        for (const text of texts.slice(1)) socket.send(text);
      });
      return ear;
    },
    async sendRaw(name, bytes) {
      const socket = connect(Number(port), hostname);
      const texts = textsOf(name);
      socket.setEncoding('utf8').on('data', (text: string) => texts.push(text));
      socket.on('error', () => undefined);
      socket.end(bytes);
      await new Promise((resolve) => socket.once('close', resolve));
    },
    heard: () =>
      [...heard].map(([name, texts]) => ({ place: 'client', name: `the answer to ${name}`, text: texts.join('') })),
    statuses: () => statuses,
    codes: () => {
      const all = [...heard.values()].flatMap((texts) => [...texts.join('').matchAll(/"code":"([A-Z_]+)"/g)]);
      return new Set(all.map(([, code = '']) => code));
    },
  };
}
