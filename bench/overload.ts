/** What becomes of a gateway at three times what it can do, with and without refusals, and afterwards. */
import { fileURLToPath } from 'node:url';
import { demoOrganizerId } from '../src/graphql/example-operations.ts';
import type { Benchmark, Report } from './benchmark.ts';
import { startServer } from './child.ts';
import type { ServerProcess } from './child.ts';
import { createLoader } from './overload-load.ts';
import type { Outcome } from './overload-load.ts';
import { figure, median, quantile, table } from './table.ts';

/** Recordings with their meetings, all of it put together in the process that is measured: its emulator is in there too. */
const LIST = `callRecordings(meetingOrganizerId: "${demoOrganizerId}", first: 50) {
  nodes { id createdDateTime endDateTime meeting { subject startDateTime endDateTime joinWebUrl } }
}`;
/** Ten times the same. It has to cost many times what a refusal does, or what is measured is how fast it can be refused. */
const QUERY = `{ ${Array.from({ length: 10 }, (_, index) => `list${index}: ${LIST}`).join(' ')} }`;
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

/** What came of a load, and what it took: of a busy machine a process gets now more and now less. */
async function measureRow(name: string, gateway: ServerProcess, load: Promise<Outcome>): Promise<string[]> {
  const before = await gateway.usage();
  const { answeredMs, refused, others, tookMs } = await load;
  const after = await gateway.usage();
  const [cpuMs, residentBytes] =
    before === null || after === null ? [null, null] : [after.cpuMs - before.cpuMs, after.residentBytes];
  return [
    name,
    figure((1_000 * answeredMs.length) / tookMs),
    figure(cpuMs === null ? null : (1_000 * answeredMs.length) / cpuMs),
    figure(median(answeredMs)),
    figure(quantile(answeredMs, 0.99)),
    figure(refused),
    figure(others.length),
    figure(residentBytes === null ? null : residentBytes / MIB),
  ];
}

const HEADER = [
  '',
  'answered a second',
  'of the processor',
  'ms at the median',
  'ms at p99',
  'refused',
  'anything else',
  'MiB resident',
];

async function measure(overloadDelayMs: number): Promise<string[][]> {
  const gateway = await startGateway(overloadDelayMs);
  const { clients, rate, close } = await createLoader(gateway.url, JSON.stringify({ query: QUERY }));
  const name = overloadDelayMs === NEVER_MS ? 'no refusals' : 'refusals';
  try {
    await clients(CLIENTS, 5_000);
    const calm = clients(CLIENTS, 5_000);
    const rows = [await measureRow(`${name}: what it can do`, gateway, calm)];
    const { answeredMs, tookMs } = await calm;
    const over = rate((3_000 * answeredMs.length) / tookMs, 15_000);
    rows.push(await measureRow(`${name}: three times that`, gateway, over));
    await clients(CLIENTS, 3_000);
    rows.push(await measureRow(`${name}: three seconds later`, gateway, clients(CLIENTS, 5_000)));
    return rows;
  } finally {
    await close();
    await gateway.stop();
  }
}

/** Measures both, one after the other. Nobody may be answered with anything but an answer or a refusal. */
async function reportOverload(): Promise<Report> {
  const rows = [...(await measure(USUAL_MS)), ...(await measure(NEVER_MS))];
  const faults = rows
    .slice(0, 3)
    .flatMap(([name, , , , , , others]) =>
      others === '0' ? [] : [`Expected answers or refusals, at "${name}" also.`],
    );
  return { page: table(HEADER, rows), faults };
}

export const overload: Benchmark = { longestMs: 215_000, report: reportOverload };
