/** A load balancer like those of real platforms: it polls the readiness of replicas, and forwards connections. */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listen } from './server.ts';

export interface Balancer {
  /** Its origin. */
  readonly url: string;
  /** Forwards connections to this replica too. Resolves when it is found ready. */
  add(origin: string): Promise<void>;
  /** Forgets a replica that has ended. */
  remove(origin: string): void;
  /** How many connections could not be forwarded, because a replica was gone or none was ready. */
  readonly lost: number;
}

const LOOK_MS = 50;

async function isReady(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/readyz`, { headers: { connection: 'close' } });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // The replica does not answer, or not any more.
    return false;
  }
}

/** Joins two connections: the end or failure of one is that of the other. */
function join(one: Socket, other: Socket): void {
  one.pipe(other);
  one.on('error', () => other.destroy());
  one.on('close', () => other.destroySoon());
}

/** Starts one, over no replica yet, until the test ends. */
export async function startBalancer(): Promise<Balancer> {
  const ready = new Map<string, boolean>();
  const waiting = new Map<string, () => void>();
  let turn = 0;
  let lost = 0;

  const server = createServer((client) => {
    const those = [...ready].filter(([, is]) => is).map(([origin]) => origin);
    const origin = those[(turn += 1) % those.length];
    if (origin === undefined) {
      lost += 1;
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(origin);
    const replica = connect(Number(port), hostname);
    let isConnected = false;
    replica.once('connect', () => (isConnected = true));
    replica.once('error', () => (lost += isConnected ? 0 : 1));
    join(client, replica);
    join(replica, client);
  });

  let isLooking = true;
  async function look(): Promise<void> {
    await Promise.all(
      [...ready.keys()].map(async (origin) => {
        const is = await isReady(origin);
        if (!ready.has(origin)) return;
        ready.set(origin, is);
        if (is) waiting.get(origin)?.();
      }),
    );
    if (isLooking) timer = setTimeout(() => void look(), LOOK_MS);
  }
  let timer = setTimeout(() => void look(), 0);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  onTestFinished(() => {
    isLooking = false;
    clearTimeout(timer);
    for (const socket of sockets) socket.destroy();
  });

  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async add(origin) {
      const seen = Promise.withResolvers<void>();
      waiting.set(origin, seen.resolve);
      ready.set(origin, false);
      await seen.promise;
    },
    remove: (origin) => void ready.delete(origin),
    get lost() {
      return lost;
    },
  };
}
