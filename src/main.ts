/** Starts the gateway from the environment, and ends it on SIGTERM. */
import { existsSync } from 'node:fs';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createEmulator } from './emulator/emulator.ts';
import { openStore } from './feed.ts';
import { createGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { errorCodes } from './graphql/errors.ts';
import { TrustedDocumentsError } from './graphql/trusted-documents.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';
import { systemClock } from './msgraph/clock.ts';
import { StoreError } from './store/error.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { graphAccess, openGraphAccess } from './upstream.ts';
import type { GraphAccess } from './upstream.ts';

/** Says why the gateway cannot start. What was opened before goes with the process. */
function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readConfigOrRefuse(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    // This is the one place where the environment enters.
    // oxlint-disable-next-line node/no-process-env
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) refuse(error.message);
    throw error;
  }
}

/** The way to Graph: the configured one, or to an emulator that is started for it. */
async function openGraph(
  config: Config,
  log: Log,
  metrics: Metrics | null,
): Promise<GraphAccess & { readonly close: () => Promise<void> }> {
  if (config.graph.kind !== 'emulator') {
    return {
      ...graphAccess(config.graph, { config, log, clock: systemClock, metrics }),
      close: () => Promise.resolve(),
    };
  }
  const emulator = await createEmulator({ isLively: true });
  return {
    ...openGraphAccess(emulator.url, 'emulated', 'the embedded emulator of Microsoft Graph'),
    close: emulator.close,
  };
}

/** The errors of documents that cannot be trusted, of listening (https://nodejs.org/api/errors.html#common-system-errors), and of a store that nobody has seen yet. */
function refuseToStart(error: unknown, { host, port }: Config): never {
  if (error instanceof StoreError) {
    refuse(`REDIS_URL: ${error.message} Start it first, or set SEALING_KEYS, without which a key is kept there.`);
  }
  if (error instanceof TrustedDocumentsError) refuse(error.message.replaceAll(/^/gm, 'TRUSTED_DOCUMENTS_FILE: '));
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  if ('code' in error && error.code === 'EADDRINUSE') {
    refuse(`PORT: ${port} on ${host} is taken. Stop what listens there, or set PORT to another; 0 takes a free one.`);
  }
  refuse(`HOST, PORT: cannot listen on port ${port} of ${host} (${error.message}). Set them to what this machine has.`);
}

const config = readConfigOrRefuse();
const log = createLog(config.logLevel);
const metrics = config.metrics ? createMetrics({ codes: errorCodes, now: () => systemClock.now() }) : null;
metrics?.measureProcess();
const graph = await openGraph(config, log, metrics);
const store = await openStore({ config, log, clock: systemClock });
const gateway: Gateway = await createGateway({ config, graph, store, log, clock: systemClock, metrics }).catch(
  (error: unknown) => refuseToStart(error, config),
);

let isEnding = false;
async function end(signal: NodeJS.Signals): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  log.info({ signal }, 'draining');
  // Who stops it at a terminal has nobody else send work here.
  await gateway.close(signal === 'SIGTERM' ? config.drainDelayMs : 0);
  await graph.close();
  log.info('ended');
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));

log.info(
  {
    graphql: `${gateway.url}/graphql`,
    ...(config.playground ? { playground: `${gateway.url}/` } : {}),
    ...(config.viewer ? { viewer: `${gateway.url}/watch` } : {}),
    health: `${gateway.url}/healthz`,
    ...(metrics === null ? {} : { metrics: `${gateway.url}/metrics` }),
    graph: graph.description,
  },
  'listening',
);
