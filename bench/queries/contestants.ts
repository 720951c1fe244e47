/** Who answers the jobs: the limit, the gateway, and whoever else does so from a package of their own. */
import { fileURLToPath } from 'node:url';
import { startServer } from '../child.ts';
import type { ServerProcess } from '../child.ts';
import { startGateway } from '../process.ts';
import { CONNECTIONS } from './settings.ts';

/** Others never give up, and refuse nobody. What waits on a busy machine behind 255 others is to be measured, and not to fail. */
const PATIENCE_MS = 60_000;

/**
 * Who takes turns has rests of some seconds, which V8 takes for the time to give memory back, and with it what it has compiled for
 * hidden classes that nothing is of at the time. Who is asked all the time has no such rests, and nobody has them here.
 */
const NODE_OPTIONS = ['--no-memory-reducer'];

export interface Contestant {
  readonly name: string;
  /** Where it takes questions, below its origin. */
  readonly path: string;
  /** Starts it over a Graph. Resolves when it listens. */
  readonly start: (graphUrl: string) => Promise<ServerProcess>;
}

/** With what Node.js is started; with a folder, into which it writes a profile of the processor when it ends. */
function nodeOptions(profileFolder: string | null): string[] {
  return profileFolder === null ? NODE_OPTIONS : [...NODE_OPTIONS, '--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
}

/** One whose program is among the files of the benchmark. */
function ofProgram(name: string, file: string, path: string, profileFolder: string | null = null): Contestant {
  return {
    name,
    path,
    start: (graphUrl) =>
      startServer({
        program: fileURLToPath(new URL(file, import.meta.url)),
        nodeOptions: nodeOptions(profileFolder),
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
 * The gateway as it is run for real; with a folder, into which Node.js writes what the processor did when it ends; with more variables of
 * the environment where there are any.
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
        nodeOptions: nodeOptions(profileFolder),
      }),
  };
}
