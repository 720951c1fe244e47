/** A soak: mixed load on one gateway for a while, with occasional Graph faults, to see whether any resource grows. */
import { setTimeout as wait } from 'node:timers/promises';
import { createEmulator } from '../src/emulator/emulator.ts';
import type { Weight } from './message.ts';
import { startWeighedGateway } from './process.ts';
import { slopePerMinute } from './slope.ts';
import { startLoad } from './soak-load.ts';
import type { Taken } from './soak-load.ts';
import { median, quantile, table } from './table.ts';

const MIB = 1_024 * 1_024;
const SAMPLE_MS = 5_000;
const MS_PER_MINUTE = 60_000;
/** The growth per minute allowed to memory, and to handles, in the second half. */
const MOST_MIB = 0.5;
const MOST_HANDLES = 0.5;

interface Sample extends Weight {
  readonly atMinutes: number;
  readonly taken: Taken;
}

/** The measures, and their values in a sample. */
const MEASURES: readonly (readonly [name: string, of: (sample: Sample) => number])[] = [
  ['heap MiB', ({ heapBytes }) => heapBytes / MIB],
  ['resident MiB', ({ residentBytes }) => residentBytes / MIB],
  ['handles', ({ handles }) => handles],
  ['loop delay p99 ms', ({ delayMs }) => delayMs.p99],
  ['latency p50 ms', ({ taken }) => median(taken.latenciesMs) ?? 0],
  ['latency p99 ms', ({ taken }) => quantile(taken.latenciesMs, 0.99) ?? 0],
];

function slopes(samples: readonly Sample[]): number[] {
  return MEASURES.map(([, of]) => slopePerMinute(samples.map((one) => ({ atMinutes: one.atMinutes, value: of(one) }))));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const ROWS = 10;

/** The median of each measure over each tenth of the time, and its growth. */
function page(samples: readonly Sample[]): string {
  const length = Math.ceil(samples.length / ROWS);
  const tenths = Array.from({ length: Math.ceil(samples.length / length) }, (_, tenth) =>
    samples.slice(tenth * length, (tenth + 1) * length),
  );
  const rows = tenths.map((some) => [
    (some.at(-1)?.atMinutes ?? 0).toFixed(1),
    ...MEASURES.map(([, of]) => (median(some.map(of)) ?? 0).toFixed(1)),
  ]);
  const half = samples.slice(Math.floor(samples.length / 2));
  const growth = (some: readonly Sample[]): string[] => slopes(some).map((slope) => slope.toFixed(3));
  return table(
    ['minute', ...MEASURES.map(([name]) => name)],
    [
      ...rows,
      ['growth per minute, whole run', ...growth(samples)],
      ['growth per minute, second half', ...growth(half)],
    ],
  );
}

async function soak(minutes: number): Promise<void> {
  // The load on Graph stays the same while recordings are added: all fit on a page or two.
  const emulator = await createEmulator({
    tenant: { users: 6, meetings: 24, recordings: 40 },
    settings: { pageSize: 200 },
  });
  const gateway = await startWeighedGateway(emulator.url);
  const load = startLoad(gateway.url, emulator);
  const begunMs = performance.now();
  const samples: Sample[] = [];
  await gateway.weigh();
  for (;;) {
    await wait(SAMPLE_MS);
    const atMinutes = (performance.now() - begunMs) / MS_PER_MINUTE;
    samples.push({ ...(await gateway.weigh()), atMinutes, taken: load.take() });
    if (atMinutes >= minutes) break;
  }
  const { listened, misheard } = await load.stop();
  await gateway.stop();
  await emulator.close();

  const inPart = samples.reduce((sum, { taken }) => sum + taken.inPart, 0);
  const { queries, streams, recordings, faults, arrivals } = load.counts;
  say(`## Soak of ${minutes} minutes\n`);
  say(page(samples));
  say(
    `${queries} queries, of which ${inPart} had partial responses because of Graph; ${streams} streams; ${recordings} recordings sent to ${listened} permanent subscribers, while ${arrivals} others came and went; ${faults} faults.\n`,
  );
  const [heap = 0, resident = 0, handles = 0] = slopes(samples.slice(Math.floor(samples.length / 2)));
  const wrong = [
    ...load.failures,
    ...(misheard > 0
      ? [`${misheard} of ${listened} permanent subscribers did not receive all recordings once and in order.`]
      : []),
    ...[heap, resident].filter((slope) => slope > MOST_MIB).map((slope) => `Memory grows by ${slope} MiB per minute.`),
    ...(handles > MOST_HANDLES ? [`Handles grow by ${handles} per minute.`] : []),
  ];
  for (const sentence of wrong) process.stderr.write(`${sentence}\n`);
  process.exit(wrong.length > 0 ? 1 : 0);
}

const MINUTES = 20;
const [, , given] = process.argv;
const minutes = Number(given ?? MINUTES);
if (!(minutes > 0)) {
  process.stderr.write(
    `The duration "${given}" is not a positive number of minutes. Use, for example: npm run soak -- ${MINUTES}\n`,
  );
  process.exit(1);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
await soak(minutes);
