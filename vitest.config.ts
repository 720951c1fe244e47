import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Which files take longest, so that nobody waits at the end for one that has begun late. */
const LONGEST = [
  'replicas',
  'replicas-over-faults',
  'rolling-restart',
  'secrets',
  'content-memory',
  'http/idle-memory',
  'http/stalled-memory',
  'http/content-soak',
  'http/content',
  'http/playground-browser',
  'http/viewer-browser',
  'gateway/interleaved',
  'gateway/callers',
  'http/stalled',
  'gateway/delta-live',
  'hostile/documents',
  'lifecycle',
  'workers',
  'faults/token',
];

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return rank === -1 ? LONGEST.length : rank;
}

// vitest finds its configuration as the default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  // What Node loads. Vitest would take the file in the field "module" instead, beside the one that Apollo Server takes,
  // and of two copies of GraphQL.js neither takes the schema of the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // No test depends on how fast it is: what shares a busy machine may take a while.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests wait for a process, a browser or Redis. Vitest would leave one core alone, and of two that is half.
    // No module keeps anything from one gateway to the next, so that files may share them: each of its own costs a fifth of the whole.
    isolate: false,
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: {
      // Vitest wants a class. Without it the order is that of the durations of the last run, of which a fresh clone has none.
      sequencer: class extends BaseSequencer {
        override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
          const sorted = await super.sort(files);
          return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
        }
      },
    },
  },
});
