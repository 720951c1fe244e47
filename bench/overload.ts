/** A gateway at three times its capacity, with and without refusals, and its recovery. */
import { setTimeout } from 'node:timers/promises';
import { demoOrganizerId } from '../src/graphql/example-operations.ts';
import type { Benchmark, Report } from './benchmark.ts';
import { createLoader } from './overload-load.ts';
import type { Outcome } from './overload-load.ts';
import { GATEWAY, startWeighed } from './process.ts';
import type { WeighedProcess } from './process.ts';
import { figure, figures, median, quantile, table } from './table.ts';

/** Recordings with their meetings. The measured process does all the work, its emulator included. */
const LIST = `callRecordings(meetingOrganizerId: "${demoOrganizerId}", first: 50) {
  nodes { id createdDateTime endDateTime meeting { subject startDateTime endDateTime joinWebUrl } }
}`;
/** Ten times the list. It must cost many times a refusal, or the benchmark would measure the speed of refusals. */
const QUERY = `{ ${Array.from({ length: 10 }, (_, index) => `list${index}: ${LIST}`).join(' ')} }`;
const CLIENTS = 32;
const MIB = 1_024 * 1_024;
/** No request waits this long, so none is refused. */
const NEVER_MS = 60_000;
/** The gateway's default. */
const USUAL_MS = 500;

/** Starts a gateway over its embedded emulator. */
function startGateway(overloadDelayMs: number): Promise<WeighedProcess> {
  return startWeighed({
    ...GATEWAY,
    environment: {
      OVERLOAD_DELAY_MS: String(overloadDelayMs),
      DRAIN_DELAY_MS: '0',
      PLAYGROUND: 'false',
      VIEWER: 'false',
    },
  });
}

/** Resident memory after each third of a load, to show whether it grows. */
async function residentMib(gateway: WeighedProcess, durationMs: number): Promise<(number | null)[]> {
  const thirds: (number | null)[] = [];
  for (let third = 0; third < 3; third += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await setTimeout(durationMs / 3);
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const usage = await gateway.usage();
    thirds.push(usage === null ? null : usage.residentBytes / MIB);
  }
  return thirds;
}

/** A load, and its duration. */
interface Load {
  readonly name: string;
  readonly durationMs: number;
  readonly run: (durationMs: number) => Promise<Outcome>;
}

/** Runs a load and measures its outcome and processor time: on a busy machine a process's share varies. */
async function measureRow(
  gateway: WeighedProcess,
  { name, durationMs, run }: Load,
): Promise<readonly [row: string[], outcome: Outcome]> {
  const before = await gateway.usage();
  const [outcome, resident] = await Promise.all([run(durationMs), residentMib(gateway, durationMs)]);
  const after = await gateway.usage();
  const { answeredMs, refused, others, tookMs } = outcome;
  const cpuMs = before === null || after === null ? null : after.cpuMs - before.cpuMs;
  const { heapBytes, externalBytes, residentBytes } = await gateway.weigh();
  const row = [
    name,
    figure((1_000 * answeredMs.length) / tookMs),
    figure(cpuMs === null ? null : (1_000 * answeredMs.length) / cpuMs),
    figure(median(answeredMs)),
    figure(quantile(answeredMs, 0.99)),
    figure(refused),
    figure(others.length),
    figures(resident),
    figure((heapBytes + externalBytes) / MIB),
    figure(residentBytes / MIB),
  ];
  return [row, outcome];
}

const HEADER = [
  '',
  'answered per second',
  'answered per CPU second',
  'p50 ms',
  'p99 ms',
  'refused',
  'other outcomes',
  'MiB resident, after each third',
  'MiB live afterwards',
  'MiB resident afterwards',
];

async function measure(overloadDelayMs: number): Promise<string[][]> {
  const gateway = await startGateway(overloadDelayMs);
  const { clients, rate, close } = await createLoader(gateway.url, JSON.stringify({ query: QUERY }));
  const name = overloadDelayMs === NEVER_MS ? 'no refusals' : 'refusals';
  const atEase = (durationMs: number): Promise<Outcome> => clients(CLIENTS, durationMs);
  try {
    await atEase(5_000);
    const [calm, { answeredMs, tookMs }] = await measureRow(gateway, {
      name: `${name}: capacity`,
      durationMs: 5_000,
      run: atEase,
    });
    const [over] = await measureRow(gateway, {
      name: `${name}: three times the capacity`,
      durationMs: 15_000,
      run: (durationMs) => rate((3_000 * answeredMs.length) / tookMs, durationMs),
    });
    await atEase(3_000);
    const [afterwards] = await measureRow(gateway, {
      name: `${name}: three seconds later`,
      durationMs: 5_000,
      run: atEase,
    });
    return [calm, over, afterwards];
  } finally {
    await close();
    await gateway.stop();
  }
}

/** Measures both, one after the other. With refusals on, every outcome must be an answer or a refusal. */
async function reportOverload(): Promise<Report> {
  const rows = [...(await measure(USUAL_MS)), ...(await measure(NEVER_MS))];
  const faults = rows
    .slice(0, 3)
    .flatMap(([name, , , , , , others]) =>
      others === '0' ? [] : [`Expected only responses and refusals, but "${name}" had ${others} other outcomes.`],
    );
  return { page: table(HEADER, rows), faults };
}

export const overload: Benchmark = { longestMs: 215_000, report: reportOverload };
