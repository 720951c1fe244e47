/** Several gateways, each a process of its own, over one Graph and one Redis. */
import { startProcess } from './process.ts';
import type { GatewayProcess } from './process.ts';

interface Replica {
  readonly process: GatewayProcess;
  readonly url: string;
}

export interface Replicas {
  /** The origin of one of those that run. */
  readonly any: () => string;
  /** Kills one of those that run, and resolves when another has taken its place. */
  replaceOne(): Promise<void>;
}

/** Starts so many, with the same environment. `pick` gives a whole number below its argument. */
export async function startReplicas(
  count: number,
  environment: Readonly<Record<string, string>>,
  pick: (below: number) => number,
): Promise<Replicas> {
  async function start(): Promise<Replica> {
    const process = await startProcess({
      environment: { PORT: '0', PLAYGROUND: 'false', LOG_LEVEL: 'info', ...environment },
    });
    const { graphql } = await process.logged('listening');
    return { process, url: new URL(String(graphql)).origin };
  }

  const running = await Promise.all(Array.from({ length: count }, start));
  return {
    any: () => running[pick(running.length)]?.url ?? '',
    async replaceOne() {
      const [victim] = running.splice(pick(running.length), 1);
      victim?.process.send('SIGKILL', 'all');
      running.push(await start());
    },
  };
}
