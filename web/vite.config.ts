/** How the viewer is built, and how it is served while somebody works on it. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

// vite finds its configuration as the default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig(({ mode }) => {
  // Where the gateway finds it too: in the environment, or in the file `.env`.
  const { PORT: port } = loadEnv(mode, join(import.meta.dirname, '..'), 'PORT');
  return {
    root: import.meta.dirname,
    // Where the gateway serves it.
    base: '/watch/',
    plugins: [react()],
    publicDir: false,
    build: {
      target: 'es2023',
      emptyOutDir: true,
      // The policy of the page lets no image come from a data URI that is not asked for, and one file more is nothing.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
    server: {
      // `npm run web` beside `npm start`: the page from here, with every change at once, and the graph from the gateway.
      proxy: { '/graphql': `http://127.0.0.1:${port || '4000'}` },
    },
  };
});
