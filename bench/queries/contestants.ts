/** The contestants: servers that answer the jobs. The limit, the gateway, and others from a separate package. */
import { fileURLToPath } from 'node:url';
import { startServer } from '../child.ts';
import type { ServerProcess } from '../child.ts';
import { startGateway } from '../process.ts';
import type { GatewayOptions } from '../process.ts';
import { CONNECTIONS } from './settings.ts';

/** The others have no time limit and refuse nothing. Requests behind 255 others on a busy machine must not fail. */
const PATIENCE_MS = 60_000;

/**
 * Taking turns leaves each idle for some seconds. V8 then gives memory back, and drops compiled code whose objects are
 * currently gone. A server under constant load is never idle for so long, so this is turned off.
 */
export const WHILE_IDLE = ['--no-memory-reducer'];

export interface Contestant {
  readonly name: string;
  /** The path of its endpoint. */
  readonly path: string;
  /** Starts it over a Graph. Resolves when it listens. */
  readonly start: (graphUrl: string) => Promise<ServerProcess>;
}

/** Options of Node.js; with a folder, it writes a CPU profile there when it ends. */
function runWith(profileFolder: string | null): Pick<GatewayOptions, 'nodeOptions' | 'isAskedToEnd'> {
  if (profileFolder === null) return { nodeOptions: WHILE_IDLE };
  return { nodeOptions: [...WHILE_IDLE, '--cpu-prof', `--cpu-prof-dir=${profileFolder}`], isAskedToEnd: true };
}

/** A contestant whose program is part of the benchmark. */
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

/** The limit, to which all others are compared; with a folder, Node.js writes a CPU profile there when it ends. */
export function limitContestant(profileFolder: string | null): Contestant {
  return ofProgram('limit', 'limit.ts', '/', profileFolder);
}

/** The limit without profiling. */
export const limit = limitContestant(null);

/** The package of third-party contestants. */
export const PEERS_FOLDER = fileURLToPath(new URL('../peers/', import.meta.url));

/** Third-party contestants. They start only where their package is installed. */
export const peers: readonly Contestant[] = [
  ofProgram('Mercurius', '../peers/mercurius.ts', '/graphql'),
  ofProgram('Yoga', '../peers/yoga.ts', '/graphql'),
  ofProgram('Apollo Server', '../peers/apollo.ts', '/graphql'),
  ofProgram('Hive Gateway', '../peers/hive.ts', '/graphql'),
  ofProgram('Graph client', '../peers/graph-client.ts', '/'),
];

/**
 * The gateway in production mode, except for V8's behavior while idle. With a folder, Node.js writes a CPU profile
 * there when it ends. `environment` adds variables.
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
