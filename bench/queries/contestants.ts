/** Who answers the jobs: the limit, the gateway, and whoever else does so from a package of their own. */
import { fileURLToPath } from 'node:url';
import { startServer } from '../child.ts';
import type { ServerProcess } from '../child.ts';
import { startGateway } from '../process.ts';
import { CONNECTIONS } from './connections.ts';

export interface Contestant {
  readonly name: string;
  /** Where it takes questions, below its origin. */
  readonly path: string;
  /** Starts it over a Graph. Resolves when it listens. */
  readonly start: (graphUrl: string) => Promise<ServerProcess>;
}

/** With what all others are compared. */
export const limit: Contestant = {
  name: 'limit',
  path: '/',
  start: (graphUrl) =>
    startServer({
      program: fileURLToPath(new URL('limit.ts', import.meta.url)),
      environment: { GRAPH_BASE_URL: graphUrl },
      listeningLine: 'listening',
    }),
};

/** The gateway as it is run for real; with a folder, into which Node.js writes what the processor did when it ends. */
export function gatewayContestant(profileFolder: string | null): Contestant {
  return {
    name: 'gateway',
    path: '/graphql',
    start: (graphUrl) =>
      startGateway(graphUrl, {
        environment: { GRAPH_CONCURRENCY: String(CONNECTIONS) },
        nodeOptions: profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
      }),
  };
}
