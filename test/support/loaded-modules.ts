/** Loaded into a process before its program: at the exit, writes the modules loaded since then, a line each. */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const urls: string[] = [];
registerHooks({
  load(url, context, next) {
    urls.push(url);
    return next(url, context);
  },
});
// It is for this process alone, and names only the file to write.
// oxlint-disable-next-line node/no-process-env
const { LOADED_MODULES_FILE: file } = process.env;
if (file !== undefined) process.once('exit', () => writeFileSync(file, urls.join('\n')));
