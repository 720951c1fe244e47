/** The program. What it is compiled to is kept beside what it is made of, for the next start, and everything else is loaded after that. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// In no folder that others may write to: what is kept there is executed. Where it cannot be written, nothing is kept.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
const { start } = await import('./start.ts');
await start();
