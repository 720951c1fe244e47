/** The recordings: the gateway itself, as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Subgraph } from './subgraph.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Where a line of the gateway's log says that it can be asked; null when it says something else. */
function addressIn(line: string): string | null {
  const said: unknown = JSON.parse(line);
  return said instanceof Object && 'graphql' in said ? String(said.graphql) : null;
}

/** Starts the gateway, over its demo tenant where the environment names no other. Rejects when it ends before it listens. */
export async function startRecordings(): Promise<Subgraph> {
  const child = spawn(process.execPath, [MAIN], {
    // Nobody sends it work once the router has ended. The rest is the operator's: with a real tenant's credentials it runs over that.
    // oxlint-disable-next-line node/no-process-env
    env: { DRAIN_DELAY_MS: '0', ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const address = addressIn(line);
      if (address !== null) resolve(address);
    });
    void exit.then(() => reject(new Error('The gateway has ended before it listened.')));
  });
  return {
    url,
    async close() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}
