/** The benchmark of subscribers as a page: measurements, derived figures, and violated expectations. */
import type { Benchmark, Report } from './benchmark.ts';
import { measureSubscribers } from './subscribers.ts';
import type { Measurement } from './subscribers.ts';
import { figure, figures, median, spread, table } from './table.ts';

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** The cost of fewer subscribers is lost in the process's own. */
const FEWEST = 100;

/** The difference of two values divided by a count, in a unit; null where one of them is unknown. */
function growth(from: number | null, to: number | null, count: number, unit: number): number | null {
  return from === null || to === null ? null : (to - from) / count / unit;
}

const HEADER = [
  'transport',
  'subscribers',
  'MiB: idle / connected / after all events',
  'KiB per subscriber: connected / after all events',
  'ms to the first: min / median / max',
  'ms to the last: min / median / max',
  'CPU µs per event: gateway (subscribers)',
  'delta requests',
  'other requests',
];

function row(measured: Measurement): string[] {
  const { subscribers, residentBytes } = measured;
  const [idle, ...later] = residentBytes;
  return [
    measured.way,
    figure(subscribers),
    figures(residentBytes.map((bytes) => growth(0, bytes, 1, MIB))),
    subscribers < FEWEST ? '' : figures(later.map((bytes) => growth(idle, bytes, subscribers, KIB))),
    spread(measured.firstMs),
    spread(measured.lastMs),
    `${figure(measured.gatewayUs)} (${figure(measured.crowdUs)})`,
    figure(measured.deltaRequests),
    figure(measured.otherRequests),
  ];
}

const NOTE = `Memory is the resident memory of the process. It includes garbage that is not collected yet, and the fixed cost of the first subscriber. An event is one recording sent to one subscriber. With 50 organizers, 50 recordings are added at once. The gateway, the emulator of Graph and the subscribers share the cores.
`;

const FURTHER_HEADER = ['transport', 'subscribers', 'KiB: connected / after all events', 'µs to the last'];

/** The cost of each further subscriber, between the fewest and the most measured one way; none if only one was. */
function furtherRows(way: string, measurements: readonly Measurement[]): string[][] {
  const measured = measurements.filter((one) => one.way === way && one.subscribers >= FEWEST);
  const [least, most] = [measured[0], measured.at(-1)];
  if (least === undefined || most === undefined || least === most) return [];
  const count = most.subscribers - least.subscribers;
  const [, ...laterAtLeast] = least.residentBytes;
  const [, ...laterAtMost] = most.residentBytes;
  return [
    [
      way,
      `${figure(least.subscribers)} to ${figure(most.subscribers)}`,
      figures(laterAtMost.map((bytes, moment) => growth(laterAtLeast[moment] ?? null, bytes, count, KIB))),
      figure(growth(median(least.lastMs), median(most.lastMs), count, 1 / 1_000)),
    ],
  ];
}

function faultsOf({ way, subscribers, deltaRequests, deltaRequestsExpected }: Measurement): string[] {
  if (deltaRequests === deltaRequestsExpected) return [];
  return [
    `${way}, ${subscribers} subscribers: expected ${deltaRequestsExpected} delta requests, whatever the number of subscribers, but Graph received ${deltaRequests}.`,
  ];
}

async function reportSubscribers(signal: AbortSignal): Promise<Report> {
  const { measurements: inAnyOrder, leftOut } = await measureSubscribers(signal);
  const measurements = inAnyOrder.toSorted((a, b) => a.subscribers - b.subscribers);
  const ways = [...new Set(measurements.map(({ way }) => way))];
  const ordered = ways.flatMap((way) => measurements.filter((one) => one.way === way));
  const further = ways.flatMap((way) => furtherRows(way, measurements));
  return {
    page: [
      table(HEADER, ordered.map(row)),
      NOTE,
      ...(further.length === 0 ? [] : ['Cost of each additional subscriber:\n', table(FURTHER_HEADER, further)]),
      ...leftOut.map((sentence) => `Omitted: ${sentence}\n`),
    ].join('\n'),
    faults: measurements.length === 0 ? ['Nothing was measured.'] : measurements.flatMap(faultsOf),
  };
}

/** The cost of subscribers of one process. */
export const subscribers: Benchmark = { longestMs: 215_000, report: reportSubscribers };
