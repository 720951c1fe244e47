/** The fault matrix as a page: docs/faults.md. */
import { batch } from './batch.ts';
import { isCell, totalMs } from './column.ts';
import type { Cell, Column, Senseless, Wait } from './column.ts';
import { content } from './content.ts';
import { delta } from './delta.ts';
import { entity } from './entity.ts';
import { FAULT_NAMES } from './faults.ts';
import { page } from './page.ts';
import { part } from './part.ts';
import { single } from './single.ts';
import { token } from './token.ts';
import { ALL } from './words.ts';

const COLUMNS: readonly Column[] = [single, part, batch, page, entity, token, delta, content];

const INTRODUCTION = `# When Graph fails

The effect of each fault of Microsoft Graph at each place where it can occur. The tests in \`test/faults/\` cause every
fault, send the request from outside, and advance a simulated clock. They write this page, so it states what they have
observed. \`npm run faults\` updates it.

How to read it:

- The **heading** names the request that fails; the rows are the faults. A fault marked _every time_ occurs at every
  try, any other only at the first. A dash means that the fault cannot occur there, and says why.
- **Result for the caller** is \`complete response\`, as without the fault, or an error code and the path in the response.
  The value at this path is null, and the rest of the response is complete. \`no data\` means that the response contains
  no data at all, because everything that the client queried has failed. \`null\` without a code means that the object
  does not exist in Graph. [Errors](errors.md) explains the codes.
- **Requests to Graph** are the requests that have reached it, in order, including retries.
- **Longest delay** is how long the fault can delay the response. If Graph does not say how long to wait, the gateway
  waits for a random time, and this page shows the longest. \`9 s\` is the timeout of one exchange (without response
  headers it ends after 8 s, by a clock that the tests do not control), and \`9.5 s\` is the default of
  \`OPERATION_TIMEOUT_MS\`, the timeout of one operation. No response takes longer than 10 seconds.

Across operations, retries add at most a fifth plus ten requests. After ten consecutive failures, the gateway pauses its
requests to Graph, and all callers receive an error at once.
`;

function timeOf(waits: readonly Wait[]): string {
  const ms = totalMs(waits);
  return ms === 0 ? 'none' : `${ms / 1_000} s`;
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
  return `## Overview\n\n${table(['', ...COLUMNS.map(({ name }) => name)], rows)}`;
}

function section({ name, about, cells }: Column): string {
  const rows = FAULT_NAMES.map((fault) => {
    const cell = cells[fault];
    if (!isCell(cell)) return [written(fault), `— (${cell.because})`, '', ''];
    const [sees, asked, waits] = cell;
    return [written(fault), written(sees), asked, timeOf(waits)];
  });
  const heading = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `## ${heading}\n\n${about}\n\n${table(['fault', 'result for the caller', 'requests to Graph', 'longest delay'], rows)}`;
}

/** The whole page, in Markdown that is not yet formatted. */
export function printMatrix(): string {
  return [INTRODUCTION, overview(), ...COLUMNS.map(section), ''].join('\n\n');
}
