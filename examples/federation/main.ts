/** Three subgraphs and a router in front of them, until SIGTERM or SIGINT. Its one argument is the router's port. */
import { startCalendar } from './calendar.ts';
import { demoEvents, demoPeople } from './demo.ts';
import { startRecordings } from './recordings.ts';
import { startRouter } from './router.ts';
import type { Subgraph } from './subgraph.ts';
import { startUsers } from './users.ts';

/** Not 4000, which a separate gateway may use. */
const DEFAULT_PORT = '4100';

const started: Subgraph[] = [];

async function end(): Promise<void> {
  for (const { close } of started.splice(0).toReversed()) await close();
}

async function start(name: string, starting: Promise<Subgraph>): Promise<Subgraph> {
  const subgraph = await starting;
  started.push(subgraph);
  process.stdout.write(`${name.padEnd(10)} ${subgraph.url}\n`);
  return subgraph;
}

async function startAll(port: number): Promise<void> {
  const recordings = await start('recordings', startRecordings());
  const users = await start('users', startUsers(demoPeople));
  const calendar = await start('calendar', startCalendar(demoEvents));
  await start('router', startRouter({ recordings, users, calendar }, port));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
}

/** Reports why the example cannot start, and closes the parts that have started. */
async function refuse(sentence: string): Promise<void> {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
  await end();
}

function reasonOf(error: unknown, port: string): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error && error.code === 'EADDRINUSE')) return error.message;
  return `Port ${port} is already in use. Stop the process that listens on it, or choose another port for the router: npm start -- 4101`;
}

const [, , port = DEFAULT_PORT] = process.argv;
if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) {
  await startAll(Number(port)).catch((error: unknown) => refuse(reasonOf(error, port)));
} else {
  await refuse(
    `The port of the router must be from 0 to 65535, but is ${JSON.stringify(port)}. Use, for example: npm start -- ${DEFAULT_PORT}`,
  );
}
