/** The processes of a benchmark: the gateway in production mode, and crowds of subscribers. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endWithUs, inTime, startServer } from './child.ts';
import type { ServerOptions, ServerProcess } from './child.ts';
import { report, weight } from './message.ts';
import type { Arrival, Heard, Report, Weight } from './message.ts';
import { readUsage } from './usage.ts';
import type { Usage } from './usage.ts';

export interface Crowd {
  /** Resolves when all subscribers have received their first event. Rejects when a subscription fails. */
  arrive(arrival: Arrival): Promise<void>;
  /** Resolves when all subscribers have received a recording. Rejects when a subscription ends. */
  heard(recording: string): Promise<Heard>;
  usage(): Promise<Usage | null>;
  stop(): Promise<void>;
}

export interface GatewayOptions extends Pick<ServerOptions, 'nodeOptions' | 'isAskedToEnd'> {
  /** Variables in addition to those of every gateway here. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The program of a gateway, and the line it logs when it listens. */
export const GATEWAY = {
  program: fileURLToPath(new URL('../src/main.ts', import.meta.url)),
  listeningLine: '"msg":"listening"',
};

function gatewayOver(graphUrl: string, environment: Readonly<Record<string, string>>): ServerOptions {
  return {
    ...GATEWAY,
    environment: { GRAPH_BASE_URL: graphUrl, GRAPH_TOKEN: 'bench', DRAIN_DELAY_MS: '0', ...environment },
  };
}

/** Starts a gateway over a local Graph, which may notify it. Resolves when it listens. */
export function startGateway(
  graphUrl: string,
  { environment = {}, ...options }: GatewayOptions = {},
): Promise<ServerProcess> {
  return startServer({ ...gatewayOver(graphUrl, environment), ...options });
}

export interface WeighedProcess extends ServerProcess {
  /** Measures its memory after garbage collection. */
  readonly weigh: () => Promise<Weight>;
}

/** Starts a server whose memory can be measured. That does not change how it ends. */
export async function startWeighed(
  options: Omit<ServerOptions, 'nodeOptions' | 'isAskedToEnd'>,
): Promise<WeighedProcess> {
  const weighed = new URL('weighed.ts', import.meta.url).href;
  const nodeOptions = ['--expose-gc', '--import', weighed];
  const server = await startServer({ ...options, nodeOptions, isAskedToEnd: true });
  return { ...server, weigh: async () => weight.parse(await server.ask('weigh')) };
}

/** Like `startGateway`, with a gateway whose memory can be measured. */
export function startWeighedGateway(
  graphUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<WeighedProcess> {
  return startWeighed(gatewayOver(graphUrl, environment));
}

/** Starts a crowd without subscribers. */
export async function startCrowd(): Promise<Crowd> {
  const child = fork(fileURLToPath(new URL('crowd.ts', import.meta.url)));
  const stop = endWithUs(child);
  const waiting = new Map<string, (said: Report) => void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});

  child.on('message', (given) => {
    const said = report.parse(given);
    if (said.kind === 'failed') failed.reject(new Error(said.reason));
    else waiting.get(said.kind === 'heard' ? said.recording : said.kind)?.(said);
  });

  async function told(key: string, what: string): Promise<Report> {
    const said = new Promise<Report>((resolve) => waiting.set(key, resolve));
    try {
      return await inTime(Promise.race([said, failed.promise]), what);
    } finally {
      waiting.delete(key);
    }
  }

  await told('ready', 'a crowd to start');
  return {
    stop,
    usage: () => readUsage(child.pid ?? 0),
    async arrive(arrival) {
      child.send(arrival);
      await told('arrived', `${arrival.subscribers} subscribers to receive their first event`);
    },
    async heard(recording) {
      const said = await told(recording, 'all subscribers to receive a recording');
      if (said.kind !== 'heard') throw new Error(`Expected the report "heard", but received "${said.kind}".`);
      return said;
    },
  };
}
