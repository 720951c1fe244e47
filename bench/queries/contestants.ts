/** Who answers the jobs: the limit, the gateway, and whoever else does so from a package of their own. */
import { fileURLToPath } from 'node:url';
import { startServer } from '../child.ts';
import type { ServerProcess } from '../child.ts';
import { startGateway } from '../process.ts';
import type { GatewayOptions } from '../process.ts';
import { CONNECTIONS } from './settings.ts';

/** Others never give up, and refuse nobody. What waits on a busy machine behind 255 others is to be measured, and not to fail. */
const PATIENCE_MS = 60_000;

/**
 * Taking turns leaves each idle for some seconds. V8 uses that to give memory back, and drops compiled code whose objects are gone just
 * then. One that is asked all the time is never idle for so long, so V8 is told not to.
 */
export const WHILE_IDLE = ['--no-memory-reducer'];

export interface Contestant {
  readonly name: string;
  /** Where it takes questions, below its origin. */
  readonly path: string;
  /** Starts it over a Graph. Resolves when it listens. */
  readonly start: (graphUrl: string) => Promise<ServerProcess>;
}

/** How Node.js is run; with a folder, into which it writes a profile of the processor when it ends. */
function runWith(profileFolder: string | null): Pick<GatewayOptions, 'nodeOptions' | 'isAskedToEnd'> {
  if (profileFolder === null) return { nodeOptions: WHILE_IDLE };
  return { nodeOptions: [...WHILE_IDLE, '--cpu-prof', `--cpu-prof-dir=${profileFolder}`], isAskedToEnd: true };
}

/** One whose program is among the files of the benchmark. */
function ofProgram(name: string, file: string, path: string, profileFolder: string | null = null): Contestant {
  return {
    name,
    path,
    start: (graphUrl) =>
      startServer({
        program: fileURLToPath(new URL(file, import.meta.url)),
        ...runWith(profileFolder),
        environment: { GRAPH_BASE_URL: graphUrl },
        listeningLine: 'listening',
      }),
  };
}

/** With what all others are compared; with a folder, into which Node.js writes what the processor did when it ends. */
export function limitContestant(profileFolder: string | null): Contestant {
  return ofProgram('limit', 'limit.ts', '/', profileFolder);
}

/** The same, unobserved. */
export const limit = limitContestant(null);

/** The package of those who are not ours. */
export const PEERS_FOLDER = fileURLToPath(new URL('../peers/', import.meta.url));

/** Those who are not ours. They start only where their package is installed. */
export const peers: readonly Contestant[] = [
  ofProgram('Mercurius', '../peers/mercurius.ts', '/graphql'),
  ofProgram('Yoga', '../peers/yoga.ts', '/graphql'),
  ofProgram('Apollo Server', '../peers/apollo.ts', '/graphql'),
  ofProgram('Hive Gateway', '../peers/hive.ts', '/graphql'),
  ofProgram('Graph client', '../peers/graph-client.ts', '/'),
];

/**
 * The gateway as it is run for real, but for what it does while it is idle; with a folder, into which Node.js writes what the processor did
 * when it ends; with more variables of the environment where there are any.
 */
export function gatewayContestant(
  profileFolder: string | null,
  environment: Readonly<Record<string, string>> = {},
  name = 'gateway',
): Contestant {
  return {
    name,
    path: '/graphql',
    start: (graphUrl) =>
      startGateway(graphUrl, {
        environment: {
          GRAPH_CONCURRENCY: String(CONNECTIONS),
          OPERATION_TIMEOUT_MS: String(PATIENCE_MS),
          OVERLOAD_DELAY_MS: String(PATIENCE_MS),
          ...environment,
        },
        ...runWith(profileFolder),
      }),
  };
}
