/** The program. It enables the compile cache for the next start, and then loads everything else. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Not in a folder that others may write to: cached code is executed. If it is not writable, nothing is cached.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
const { start } = await import('./start.ts');
await start();
