/** The program. It sets V8 up, enables the compile cache for the next start, and then loads everything else. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// Otherwise V8 learns during a peak that objects of requests live long, and from then on allocates them in old memory.
// There they outlive their request by far, and all young objects that they refer to with them.
setFlagsFromString('--no-allocation-site-pretenuring');
// Not in a folder that others may write to: cached code is executed. If it is not writable, nothing is cached.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
const { start } = await import('./start.ts');
await start();
