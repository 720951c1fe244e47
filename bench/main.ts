/** Runs the benchmarks that are named, or all, and prints what they measure. It ends with 1 when something is as it must not be. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { reportOverload } from './overload.ts';
import { reportSubscribers } from './subscribers-report.ts';

const BENCHMARKS = new Map([
  ['subscribers', reportSubscribers],
  ['overload', reportOverload],
]);

/** What is not measured by then is left out. */
const LONGEST_MS = 215_000;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function load(): string {
  return loadavg()
    .slice(0, 2)
    .map((value) => value.toFixed(1))
    .join(', ');
}

// Without an ending of our own, what was started would go on.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

const [, , ...given] = process.argv;
for (const name of given.length === 0 ? BENCHMARKS.keys() : given) {
  const run = BENCHMARKS.get(name);
  if (run === undefined)
    refuse(`Expected names of benchmarks, of ${[...BENCHMARKS.keys()].join(', ')}, but "${name}" came.`);
  const before = load();
  const begunAtMs = Date.now();
  const { page, faults } = await run(AbortSignal.timeout(LONGEST_MS)).catch((error: unknown) => refuse(String(error)));
  say(`## ${name}\n`);
  say(
    `Node.js ${process.version} on ${process.platform}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), in ${Math.round((Date.now() - begunAtMs) / 1_000)} s. Load over 1 and 5 minutes: ${before} before, ${load()} after. Compare the rows with each other, and with those of another version on the same machine; not with those of another machine.\n`,
  );
  say(page);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}
