/** Several gateways, each a process of its own, over one Graph and one Redis. */
import { startProcess } from './process.ts';
import type { GatewayProcess } from './process.ts';

interface Replica {
  readonly process: GatewayProcess;
  readonly url: string;
}

export interface Replicas {
  /** The origin of a running replica. */
  readonly any: () => string;
  /** Kills a running replica, and resolves when another has replaced it. */
  replaceOne(): Promise<void>;
}

/** Starts `count` replicas with the same environment. `pick` gives an integer below its argument. */
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
