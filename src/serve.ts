/** Runs one gateway in this process: opens its dependencies, and reports its addresses. */
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { createGateway } from './gateway.ts';
import { graphAccess, openGraphAccess } from './graph-access.ts';
import type { GraphAccess } from './graph-access.ts';
import { TrustedDocumentsError } from './graphql/documents/trusted-documents.ts';
import { errorCodes } from './graphql/errors.ts';
import type { Log } from './log.ts';
import { openStore } from './shared-store.ts';
import { StoreError } from './store/error.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';

interface Serving {
  readonly config: Config;
  readonly log: Log;
  /** The URL of the embedded emulator; null if the configuration names another Graph. */
  readonly emulatorUrl: string | null;
  /** The number of this worker; null if there is only one process. */
  readonly worker: number | null;
  /** Prints why the gateway cannot start, and ends the process. */
  readonly refuse: (sentence: string) => never;
}

/** A gateway that listens until it is ended. */
export interface ServedGateway {
  /** The addresses of the gateway, for the log. */
  readonly addresses: object;
  /** Lets requests in flight finish, and resolves when none is left. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** Opens access to the configured Graph, or to the embedded emulator. */
async function openGraph({ config, log, emulatorUrl }: Serving, metrics: Metrics | null): Promise<GraphAccess> {
  if (config.graph.kind !== 'emulator') {
    return graphAccess(config.graph, { config, log, clock: systemClock, metrics });
  }
  if (emulatorUrl === null) throw new Error('The embedded emulator was not started.');
  return openGraphAccess(emulatorUrl, 'emulated', 'the embedded emulator of Microsoft Graph');
}

/**
 * Explains invalid trusted documents, a store that was never reached, and errors of listening:
 * https://nodejs.org/api/errors.html#common-system-errors
 */
function refuseToStart(error: unknown, { config: { host, port }, refuse }: Serving): never {
  if (error instanceof StoreError) {
    return refuse(
      `REDIS_URL: ${error.message} Make Redis accept connections at this URL first, or set SEALING_KEYS: without it, the gateway reads its key from Redis.`,
    );
  }
  if (error instanceof TrustedDocumentsError)
    return refuse(error.message.replaceAll(/^/gm, 'TRUSTED_DOCUMENTS_FILE: '));
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  if ('code' in error && error.code === 'EADDRINUSE') {
    return refuse(
      `PORT: port ${port} of ${host} is already in use. Stop the process that uses it, or set PORT to another port; 0 selects a free one.`,
    );
  }
  return refuse(
    `HOST, PORT: cannot listen on port ${port} of ${host} (${error.message}). Set HOST to an address of this machine, and PORT to a port that the gateway may use.`,
  );
}

/** Opens the metrics. Prometheus reaches any of several workers, and that worker reports the counts of all. */
async function openMetrics(worker: number | null): Promise<Metrics> {
  const metrics = createMetrics({ codes: errorCodes, now: () => systemClock.now(), worker });
  metrics.measureProcess();
  if (worker === null) return metrics;
  const { readForAll } = await import('./workers/reading.ts');
  return { ...metrics, read: readForAll(metrics.read) };
}

/** Starts a gateway, and resolves when it listens. Calls `refuse` for anything that it cannot start with. */
export async function serve(serving: Serving): Promise<ServedGateway> {
  const { config, log, worker } = serving;
  const metrics = config.metrics ? await openMetrics(worker) : null;
  const graph = await openGraph(serving, metrics);
  const store = await openStore({ config, log, clock: systemClock });
  const gateway = await createGateway({ config, graph, store, log, clock: systemClock, metrics }).catch(
    (error: unknown) => refuseToStart(error, serving),
  );
  const { url } = gateway;
  return {
    addresses: {
      graphql: `${url}/graphql`,
      ...(config.playground ? { playground: `${url}/` } : {}),
      ...(config.viewer ? { viewer: `${url}/watch` } : {}),
      health: `${url}/healthz`,
      ...(metrics === null ? {} : { metrics: `${url}/metrics` }),
      graph: graph.description,
    },
    // A gateway stopped at a terminal has no load balancer that needs time to notice.
    end: (signal) => gateway.close(signal === 'SIGTERM' ? config.drainDelayMs : 0),
  };
}
