import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** The slowest files. They start first, so that none is left running alone at the end. */
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
  // The file that Node loads. Vitest would load the one in the field "module", in addition to Apollo Server's, and of
  // two copies of GraphQL.js neither accepts the other's schema.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    projects: [
      { extends: true, test: { name: 'all', include: ['test/**/*.test.ts'], provide: { executedBy: 'a plan' } } },
      // Every query of these tests has the same answer, and the same requests to Graph, without our own execution.
      {
        extends: true,
        test: { name: 'by GraphQL.js', include: ['test/gateway/*.test.ts'], provide: { executedBy: 'GraphQL.js' } },
      },
    ],
    // No test depends on its speed, and on a busy machine tests may take a while.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests wait for a process, a browser or Redis. Vitest would leave one core unused, which of two is half.
    // No module keeps state between gateways, so files may share modules. Isolation costs a fifth of the total time.
    isolate: false,
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: {
      // Vitest requires a class. Its default order uses the durations of the last run, which a fresh clone lacks.
      sequencer: class extends BaseSequencer {
        override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
          const sorted = await super.sort(files);
          return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
        }
      },
    },
  },
});
