/** When operations begin that come while the process is busy. See docs/decisions/0047-finished-before-others-begin.md. */
import { describe, expect, it } from 'vitest';
import { createWaitingRoom } from '../../src/http/protection/waiting-room.ts';
import type { Turn } from '../../src/http/protection/waiting-room.ts';
import { createDrivenClock } from '../support/clock.ts';

/** While fewer are in progress, none waits. */
const ALWAYS = 32;
const LONGEST_MS = 10_000;

interface Arrived {
  readonly hasBegun: () => boolean;
  readonly turn: Promise<Turn>;
  readonly leave: () => void;
}

/** Lets what may begin do so. */
async function settled(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- each lets the promises that depend on the last settle
  for (let jobs = 0; jobs < 5; jobs += 1) await Promise.resolve();
}

/** A waiting room whose turns of the event loop end when the test says so. */
function createDriven() {
  const callbacks: (() => void)[] = [];
  const clock = createDrivenClock();
  const room = createWaitingRoom({
    clock,
    longestMs: LONGEST_MS,
    afterTurn: (callback) => callbacks.push(callback),
  });
  const arrived: Arrived[] = [];

  async function arrive(caller: string): Promise<Arrived> {
    const whenLeft: (() => void)[] = [];
    let hasBegun = false;
    async function enter(): Promise<Turn> {
      const begun = await room.enter({ caller, onLeft: (callback) => whenLeft.push(callback) });
      hasBegun = true;
      return begun;
    }
    const operation = { hasBegun: () => hasBegun, turn: enter(), leave: () => whenLeft.forEach((left) => left()) };
    arrived.push(operation);
    await settled();
    return operation;
  }

  return {
    room,
    clock,
    arrive,
    /** So many operations of one caller. */
    crowd: (count: number, caller = 'one') => Promise.all(Array.from({ length: count }, () => arrive(caller))),
    begun: () => arrived.filter(({ hasBegun }) => hasBegun()).length,
    /** Ends the turn, and lets what may begin do so. */
    endTurn: (): Promise<void> => {
      for (const callback of callbacks.splice(0)) callback();
      return settled();
    },
  };
}

describe('Operations', () => {
  it('begin at once while fewer than 32 are in progress', async () => {
    const { room, crowd, begun } = createDriven();
    await crowd(ALWAYS + 8);
    expect([begun(), room.waiting()]).toEqual([ALWAYS, 8]);
  });

  it('begin eight at a time in turns of the event loop without a response of Graph', async () => {
    const { room, crowd, begun, endTurn } = createDriven();
    await crowd(ALWAYS + 18);
    await endTurn();
    expect(begun()).toBe(ALWAYS + 8);
    await endTurn();
    expect([begun(), room.waiting()]).toEqual([ALWAYS + 16, 2]);
  });

  it('wait while there are responses of Graph, which those in progress need', async () => {
    const { room, crowd, begun, endTurn } = createDriven();
    // A response before that says nothing about this turn.
    room.replied();
    await crowd(ALWAYS + 18);
    room.replied();
    await endTurn();
    expect(begun()).toBe(ALWAYS);
    await endTurn();
    expect(begun()).toBe(ALWAYS + 8);
  });

  it('begin when others are finished, also while there are responses of Graph', async () => {
    const { room, crowd, begun, endTurn } = createDriven();
    const [first, second] = await crowd(ALWAYS + 18);
    (await first?.turn)?.end();
    (await second?.turn)?.end();
    room.replied();
    await endTurn();
    expect(begun()).toBe(ALWAYS + 2);
  });

  it('begin in turns of their callers: one does not wait behind all those of another', async () => {
    const { arrive, crowd, endTurn } = createDriven();
    await crowd(500, 'a crowd');
    const { hasBegun } = await arrive('somebody else');
    await endTurn();
    expect(hasBegun()).toBe(true);
  });

  it('come one after the other, even if there is room again', async () => {
    const { crowd, arrive, endTurn } = createDriven();
    const [first] = await crowd(ALWAYS + 9);
    (await first?.turn)?.end();
    const late = await arrive('one');
    expect(late.hasBegun()).toBe(false);
    await endTurn();
    expect(late.hasBegun()).toBe(false);
    await endTurn();
    expect(late.hasBegun()).toBe(true);
  });

  it('begin when their caller has left, to say so, and no longer wait', async () => {
    const { room, crowd, arrive, begun } = createDriven();
    await crowd(ALWAYS + 8);
    const late = await arrive('one');
    late.leave();
    await settled();
    expect(late.hasBegun()).toBe(true);
    expect([begun(), room.waiting()]).toEqual([ALWAYS + 1, 8]);
  });

  it('begin when their time is up, to say so, and know how long they have waited', async () => {
    const { room, crowd, arrive, clock } = createDriven();
    const [first] = await crowd(ALWAYS);
    const late = await arrive('one');
    clock.advance(LONGEST_MS - 1);
    await settled();
    expect(late.hasBegun()).toBe(false);
    clock.advance(1);
    await settled();
    expect([(await first?.turn)?.waitedMs, (await late.turn).waitedMs]).toEqual([0, LONGEST_MS]);
    expect(room.waiting()).toBe(0);
  });
});
