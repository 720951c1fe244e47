/** What becomes of a gateway at three times what it can do, with and without refusals, and afterwards. */
import { fileURLToPath } from 'node:url';
import { demoOrganizerId } from '../src/graphql/example-operations.ts';
import type { Benchmark, Report } from './benchmark.ts';
import { startServer } from './child.ts';
import type { ServerProcess } from './child.ts';
import { createLoader } from './overload-load.ts';
import type { Outcome } from './overload-load.ts';
import { figure, median, quantile, table } from './table.ts';

/** Twenty recordings with their meetings, all of it put together in the process that is measured: its emulator is in there too. */
const QUERY = `{ callRecordings(meetingOrganizerId: "${demoOrganizerId}", first: 20) { nodes { id meeting { subject } } } }`;
const CLIENTS = 32;
const MIB = 1_024 * 1_024;
/** Nothing waits so long, so that nobody is refused. */
const NEVER_MS = 60_000;
/** As the gateway has it when nothing is set. */
const USUAL_MS = 500;

/** Starts a gateway over the emulator that it has within. */
function startGateway(overloadDelayMs: number): Promise<ServerProcess> {
  return startServer({
    program: fileURLToPath(new URL('../src/main.ts', import.meta.url)),
    environment: { OVERLOAD_DELAY_MS: String(overloadDelayMs), PLAYGROUND: 'false', VIEWER: 'false' },
    listeningLine: '"msg":"listening"',
  });
}

function row(name: string, { answeredMs, refused, others, tookMs }: Outcome, residentBytes: number | null): string[] {
  return [
    name,
    figure((1_000 * answeredMs.length) / tookMs),
    figure(median(answeredMs)),
    figure(quantile(answeredMs, 0.99)),
    figure(refused),
    figure(others.length),
    figure(residentBytes === null ? null : residentBytes / MIB),
  ];
}

async function measure(overloadDelayMs: number): Promise<string[][]> {
  const gateway = await startGateway(overloadDelayMs);
  const load = await createLoader(gateway.url, JSON.stringify({ query: QUERY }));
  const name = overloadDelayMs === NEVER_MS ? 'no refusals' : 'refusals';
  const resident = async (): Promise<number | null> => (await gateway.usage())?.residentBytes ?? null;
  try {
    await load.clients(CLIENTS, 5_000);
    const calm = await load.clients(CLIENTS, 5_000);
    const rows = [row(`${name}: what it can do`, calm, await resident())];
    const over = await load.rate((3_000 * calm.answeredMs.length) / calm.tookMs, 15_000);
    rows.push(row(`${name}: three times that`, over, await resident()));
    await load.clients(CLIENTS, 3_000);
    const later = await load.clients(CLIENTS, 5_000);
    rows.push(row(`${name}: three seconds later`, later, await resident()));
    return rows;
  } finally {
    await load.close();
    await gateway.stop();
  }
}

/** Measures both, one after the other. Nobody may be answered with anything but an answer or a refusal. */
async function reportOverload(): Promise<Report> {
  const rows = [...(await measure(USUAL_MS)), ...(await measure(NEVER_MS))];
  const header = ['', 'answered a second', 'ms at the median', 'ms at p99', 'refused', 'anything else', 'MiB resident'];
  const faults = rows
    .slice(0, 3)
    .flatMap(([name, , , , , others]) => (others === '0' ? [] : [`Expected answers or refusals, at "${name}" also.`]));
  return { page: table(header, rows), faults };
}

export const overload: Benchmark = { longestMs: 215_000, report: reportOverload };
