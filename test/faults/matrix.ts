/** The fault matrix as a page: docs/faults.md. */
import { isCell, totalMs } from './column.ts';
import type { Cell, Column, Senseless, Wait } from './column.ts';
import { FAULT_NAMES } from './faults.ts';
import { batch } from './batch.ts';
import { content } from './content.ts';
import { delta } from './delta.ts';
import { entity } from './entity.ts';
import { page } from './page.ts';
import { part } from './part.ts';
import { single } from './single.ts';
import { token } from './token.ts';
import { ALL } from './words.ts';

const COLUMNS: readonly Column[] = [single, part, batch, page, entity, token, delta, content];

const INTRODUCTION = `# When Graph fails

What comes of each fault of Microsoft Graph's, wherever it strikes. \`test/faults/\` has all of it happen, asked from
outside and in the time of a driven clock, and writes this page: what stands here is what came. \`npm run faults\` writes
it anew.

How to read it:

- **Where** a fault strikes is the heading; the rows are the faults. One that strikes _for good_ strikes every time, and
  every other one the first time. A dash says that there is no such fault there, and why.
- **The caller sees** \`everything\`, as if nothing had been; or a code, and at which path of the answer. What stands at
  that path is null, and all the rest is there. \`no data\` says that nothing else is: what failed is all that was asked for.
  \`null\` without a code is what Graph does not have. The codes are explained in [Errors](errors.md).
- **Graph is asked** what has reached it, in order, with everything that was tried again.
- **After at most**: how long the caller waits for it because of the fault. Where Graph does not say how long to wait,
  the gateway waits by chance, here as long as chance can have it. \`9 s\` is the time of one
  exchange (without a header it ends after 8, by a clock that is not driven here), and \`9.5 s\` is \`OPERATION_TIMEOUT_MS\`, the time of one operation if it is not configured otherwise. No answer is later than 10 seconds.

Beyond one operation: what is tried again adds at most a fifth and ten requests to what is asked anyway, and after ten
failures in a row Graph is left alone for a while, and everybody is told so at once.
`;

function timeOf(waits: readonly Wait[]): string {
  const ms = totalMs(waits);
  return ms === 0 ? 'at once' : `${ms / 1_000} s`;
}

/** Marks names of the API, and text that is no word, as code. */
function written(words: string): string {
  return words.replaceAll(
    /\b(FORBIDDEN|NOT_FOUND|THROTTLED|UNAUTHENTICATED|UPSTREAM_[A-Z]+)\b|_entities(\.\d)?|\.\.$|%2e%2e/g,
    '`$&`',
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** What a caller sees, in short: everything, the codes, or null. */
function shortly(cell: Cell | Senseless): string {
  if (!isCell(cell)) return '—';
  const [sees, , waits] = cell;
  const codes = new Set(sees.match(/\b[A-Z]+(_[A-Z]+)*\b/g));
  const what = sees === ALL || codes.size === 0 ? sees.replace(/ at .*/, '') : [...codes].join(', ');
  return written(totalMs(waits) === 0 ? what : `${what}, ${timeOf(waits)}`);
}

function overview(): string {
  const rows = FAULT_NAMES.map((fault) => [written(fault), ...COLUMNS.map(({ cells }) => shortly(cells[fault]))]);
  return `## All of it\n\n${table(['', ...COLUMNS.map(({ name }) => name)], rows)}`;
}

function section({ name, about, cells }: Column): string {
  const rows = FAULT_NAMES.map((fault) => {
    const cell = cells[fault];
    if (!isCell(cell)) return [written(fault), `— (${cell.because})`, '', ''];
    const [sees, asked, waits] = cell;
    return [written(fault), written(sees), asked, timeOf(waits)];
  });
  const heading = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `## ${heading}\n\n${about}\n\n${table(['fault', 'the caller sees', 'Graph is asked', 'after at most'], rows)}`;
}

/** The whole page, in Markdown that is not yet formatted. */
export function printMatrix(): string {
  return [INTRODUCTION, overview(), ...COLUMNS.map(section), ''].join('\n\n');
}
