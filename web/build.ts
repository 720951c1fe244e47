/** Builds the viewer. npm runs it at install, so that `npm ci` is all that `npm start` needs. */
import { join } from 'node:path';

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes("'vite'");

try {
  const { build } = await import('vite');
  await build({ configFile: join(import.meta.dirname, 'vite.config.ts'), logLevel: 'warn' });
} catch (error) {
  if (!isMissing(error)) throw error;
  process.stdout.write(
    'The viewer at /watch was not built, because its build tools are development dependencies and are not installed. Everything else works.\n',
  );
}
