import { resolveConfig } from 'vite';
import { expect, it, onTestFinished, vi } from 'vitest';

it.each([
  ['4000', ''],
  ['4321', '4321'],
])('The viewer, while somebody works on it, asks the gateway at port %s where PORT is "%s"', async (port, given) => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('PORT', given);
  const { server } = await resolveConfig({ configFile: 'web/vite.config.ts' }, 'serve');
  expect(server.proxy).toEqual({ '/graphql': `http://127.0.0.1:${port}` });
});
