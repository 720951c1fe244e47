import { defineConfig } from 'vitest/config';

// vitest finds its configuration as the default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 },
});
