import { defineConfig } from 'vitest/config';

// vitest finds its configuration as the default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  // What Node loads. Vitest would take the file in the field "module" instead, beside the one that Apollo Server takes,
  // and of two copies of GraphQL.js neither takes the schema of the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 },
});
