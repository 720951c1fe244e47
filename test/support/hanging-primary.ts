/** A primary for tests whose first worker hangs before it listens. It exits on SIGTERM, as an unfinished start does. */
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { startWorkers } from '../../src/workers/primary.ts';

process.once('SIGTERM', () => process.exit(0));
cluster.setupPrimary({ exec: fileURLToPath(new URL('hanging-worker.ts', import.meta.url)), execArgv: [] });
await startWorkers({ count: 1, log: pino({ level: 'silent' }), args: ['0'], longestEndMs: 30_000 });
