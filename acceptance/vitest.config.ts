import { defineConfig } from 'vitest/config';

// vitest finds its configuration as the default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  // As in the parent package: the file that Node loads, of which there is one copy.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['*.test.ts'],
    // The machine may be busy, and routers take a while to start.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
