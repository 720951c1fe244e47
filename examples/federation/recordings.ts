/** The recordings: the gateway itself, in a separate process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Subgraph } from './subgraph.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The address in the gateway's log line about listening; null for other lines. */
function addressIn(line: string): string | null {
  const said: unknown = JSON.parse(line);
  return said instanceof Object && 'graphql' in said ? String(said.graphql) : null;
}

/** Starts the gateway, over its demo tenant unless the environment names another. Rejects when it ends too early. */
export async function startRecordings(): Promise<Subgraph> {
  const child = spawn(process.execPath, [MAIN], {
    // No requests come once the router has ended, and the log has the address. The rest is the operator's: with credentials
    // it uses a real tenant.
    // oxlint-disable-next-line node/no-process-env
    env: { DRAIN_DELAY_MS: '0', ...process.env, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const address = addressIn(line);
      if (address !== null) resolve(address);
    });
    void exit.then(() => reject(new Error('The gateway exited before it listened.')));
  });
  return {
    url,
    async close() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}
