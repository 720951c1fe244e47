/** Runs the named benchmarks, or all, and prints their results. Exits with 1 when an expectation is violated. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { cache } from './cache.ts';
import { overload } from './overload.ts';
import { queries } from './queries-report.ts';
import { subscribers } from './subscribers-report.ts';
import { workers } from './workers.ts';

const BENCHMARKS = new Map<string, Benchmark>([
  ['subscribers', subscribers],
  ['queries', queries],
  ['overload', overload],
  ['workers', workers],
  ['cache', cache],
]);

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

// Without an explicit exit, the child processes would live on.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
if (values.quick && values.write)
  refuse('--quick and --write cannot be combined, because the page needs the full run. Remove one of them.');
const choices = {
  isQuick: values.quick,
  isWritten: values.write,
  profileFolder: values.profile === undefined ? null : resolve(values.profile),
};
for (const name of positionals.length === 0 ? BENCHMARKS.keys() : positionals) {
  const benchmark = BENCHMARKS.get(name);
  if (benchmark === undefined)
    refuse(`There is no benchmark "${name}". Use ${[...BENCHMARKS.keys()].join(', ')}, or no name to run all.`);
  const before = load();
  const begunAtMs = Date.now();
  const { page, faults } = await benchmark
    .report(AbortSignal.timeout(benchmark.longestMs), choices)
    .catch((error: unknown) => refuse(String(error)));
  say(`## ${name}\n`);
  say(
    `Node.js ${process.version} on ${process.platform}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), in ${Math.round((Date.now() - begunAtMs) / 1_000)} s. Load over 1 and 5 minutes: ${before} before, ${load()} after. Compare the rows with each other, and with those of another version on the same machine; not with those of another machine.\n`,
  );
  say(page);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}
