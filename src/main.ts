/** Starts the gateway from the environment, and ends it on SIGTERM. */
import { existsSync } from 'node:fs';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createEmulator } from './emulator/emulator.ts';
import { createGateway, graphAccess } from './gateway.ts';
import type { GraphAccess } from './gateway.ts';
import { createLog } from './log.ts';
import { systemClock } from './msgraph/clock.ts';

/** The way to Graph: the configured one, or to an emulator that is started for it. */
async function openGraph({ graph }: Config): Promise<GraphAccess & { readonly close: () => Promise<void> }> {
  if (graph.kind !== 'emulator') return { ...graphAccess(graph, systemClock), close: () => Promise.resolve() };
  const emulator = await createEmulator();
  return {
    origin: emulator.url,
    getToken: () => Promise.resolve('emulated'),
    description: 'the embedded emulator of Microsoft Graph',
    close: emulator.close,
  };
}

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  // This is the one place where the environment enters.
  // oxlint-disable-next-line node/no-process-env
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const graph = await openGraph(config);
  const gateway = await createGateway({ config, graph, log, clock: systemClock });
  log.info(
    {
      graphql: `${gateway.url}/graphql`,
      ...(config.playground ? { playground: `${gateway.url}/` } : {}),
      health: `${gateway.url}/healthz`,
      graph: graph.description,
    },
    'listening',
  );

  let isEnding = false;
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    log.info({ signal }, 'draining');
    await gateway.close();
    await graph.close();
    log.info('ended');
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
