import { resolveConfig } from 'vite';
import { expect, it, onTestFinished, vi } from 'vitest';

it.each([
  ['4000', ''],
  ['4321', '4321'],
])('The development server of the viewer proxies to the gateway at port %s if PORT is "%s"', async (port, given) => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('PORT', given);
  const { server } = await resolveConfig({ configFile: 'web/vite.config.ts' }, 'serve');
  expect(server.proxy).toEqual({ '/graphql': `http://127.0.0.1:${port}` });
});
