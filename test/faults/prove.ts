/** Proves a column of the fault matrix: each of its cells is the result of the fault. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isCell, longestMs, totalMs } from './column.ts';
import type { Cell, Column, Stage, Wait } from './column.ts';
import { FAULTS, FAULT_NAMES } from './faults.ts';
import type { FaultName } from './faults.ts';

/** No answer is later than this, whatever Graph does. */
const LATEST_MS = 10_000;
/** The time after the answer in which no more requests reach Graph. */
const AFTERWARDS_MS = 60_000;
/** Few enough that the real timeouts of the network never expire. */
const AT_A_TIME = 2;

/** Resolves when only the clock is waited for. */
async function waiting({ clock, asked }: Stage, wait: Wait, allAsked: string): Promise<void> {
  if (typeof wait === 'number') await clock.waiting(wait);
  else await expect.poll(asked, { interval: 1, timeout: 30_000 }).toBe(allAsked);
}

/** Sends the request during the fault, advances the clock as the cell says, and gives the actual result. */
async function observe(stage: Stage, [, allAsked, waits]: Cell): Promise<Cell> {
  const { clock } = stage;
  let isAnswered = false;
  const answer = stage.ask().finally(() => (isAnswered = true));
  const waited: Wait[] = [];
  for (const wait of waits) {
    const isDriven = typeof wait === 'number' || 'patienceMs' in wait;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await (isDriven ? Promise.race([answer, waiting(stage, wait, allAsked)]) : answer);
    if (isDriven && isAnswered) break;
    if (isDriven) clock.advance(longestMs(wait));
    waited.push(wait);
  }
  const sees = await answer;
  clock.advance(AFTERWARDS_MS);
  await setImmediate();
  return [sees, stage.asked(), waited];
}

function cellsOf({ cells }: Column): (readonly [FaultName, Cell])[] {
  return FAULT_NAMES.flatMap((fault): readonly (readonly [FaultName, Cell])[] => {
    const cell = cells[fault];
    return isCell(cell) ? [[fault, cell]] : [];
  });
}

async function comeOf({ start }: Column, fault: FaultName, cell: Cell): Promise<Cell> {
  const stage = await start();
  await stage.strike(FAULTS[fault]);
  return observe(stage, cell);
}

function proveNoneIsLate(column: Column): void {
  it('delays no response by more than ten seconds', () => {
    expect(cellsOf(column).filter(([, [, , waits]]) => totalMs(waits) > LATEST_MS)).toEqual([]);
  });
}

/** Proves every cell of a column, each in a gateway of its own. */
export function proveColumn(column: Column): void {
  describe(`A failure of ${column.name}`, () => {
    it.each(cellsOf(column))('caused by "%s" results in: %j', async (fault, cell) => {
      expect(await comeOf(column, fault, cell)).toEqual(cell);
    });
    proveNoneIsLate(column);
  });
}

/** Proves the same with several cells at a time, for cells that take real time. */
export function proveColumnTogether(column: Column): void {
  const all = cellsOf(column);
  describe(`A failure of ${column.name}`, () => {
    it('has the result that docs/faults.md states, for every fault', async () => {
      // The first stage of a process takes long, and proves no cell.
      const first = await column.start();
      await first.ask();
      const left = all.values();
      async function proveInTurn(): Promise<void> {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        for (const [fault, cell] of left) expect([fault, await comeOf(column, fault, cell)]).toEqual([fault, cell]);
      }
      await Promise.all(Array.from({ length: AT_A_TIME }, proveInTurn));
    });
    proveNoneIsLate(column);
  });
}
