/** When operations begin that come while the process is busy. See docs/decisions/0047-finished-before-others-begin.md. */
import { describe, expect, it } from 'vitest';
import { createWaitingRoom } from '../../src/graphql/execution/waiting-room.ts';

/** While fewer are in progress, none waits. */
const ALWAYS = 64;

interface Arrived {
  readonly hasBegun: () => boolean;
  readonly finish: (result: string) => void;
  readonly outcome: Promise<string>;
  readonly leave: (reason: Error) => void;
}

/** A waiting room whose turns of the event loop end when the test says so. */
function createDriven() {
  const callbacks: (() => void)[] = [];
  const room = createWaitingRoom((callback) => callbacks.push(callback));
  const arrived: Arrived[] = [];

  function arrive(caller: string): Arrived {
    const { promise, resolve } = Promise.withResolvers<string>();
    const controller = new AbortController();
    let hasBegun = false;
    const outcome = room.run({ caller, signal: controller.signal }, () => {
      hasBegun = true;
      return promise;
    });
    const operation = {
      hasBegun: () => hasBegun,
      finish: resolve,
      outcome,
      leave: (reason: Error) => controller.abort(reason),
    };
    arrived.push(operation);
    return operation;
  }

  return {
    room,
    arrive,
    /** So many operations of one caller. */
    crowd: (count: number, caller = 'one') => Array.from({ length: count }, () => arrive(caller)),
    begun: () => arrived.filter(({ hasBegun }) => hasBegun()).length,
    /** Ends the turn, and lets what has begun then be executed. */
    endTurn: async () => {
      for (const callback of callbacks.splice(0)) callback();
      await Promise.resolve();
    },
  };
}

describe('Operations', () => {
  it('begin at once while fewer than 64 are in progress', () => {
    const { room, crowd, begun } = createDriven();
    crowd(ALWAYS + 8);
    expect([begun(), room.waiting()]).toEqual([ALWAYS, 8]);
  });

  it('begin eight at a time in turns of the event loop without a response of Graph', async () => {
    const { room, crowd, begun, endTurn } = createDriven();
    crowd(ALWAYS + 18);
    await endTurn();
    expect(begun()).toBe(ALWAYS + 8);
    await endTurn();
    expect([begun(), room.waiting()]).toEqual([ALWAYS + 16, 2]);
  });

  it('wait while there are responses of Graph, which those in progress need', async () => {
    const { room, crowd, begun, endTurn } = createDriven();
    // A response before that says nothing about this turn.
    room.replied();
    crowd(ALWAYS + 18);
    room.replied();
    await endTurn();
    expect(begun()).toBe(ALWAYS);
    await endTurn();
    expect(begun()).toBe(ALWAYS + 8);
  });

  it('begin when others are finished, also while there are responses of Graph', async () => {
    const { room, crowd, begun, endTurn } = createDriven();
    const [first, second] = crowd(ALWAYS + 18);
    first?.finish('a');
    second?.finish('b');
    expect([await first?.outcome, await second?.outcome]).toEqual(['a', 'b']);
    room.replied();
    await endTurn();
    expect(begun()).toBe(ALWAYS + 2);
  });

  it('begin in turns of their callers: one does not wait behind all those of another', async () => {
    const { arrive, crowd, endTurn } = createDriven();
    crowd(500, 'a crowd');
    const { hasBegun } = arrive('somebody else');
    await endTurn();
    expect(hasBegun()).toBe(true);
  });

  it('come one after the other, even if there is room again', async () => {
    const { crowd, arrive, endTurn } = createDriven();
    const [first] = crowd(ALWAYS + 9);
    first?.finish('');
    await first?.outcome;
    const late = arrive('one');
    expect(late.hasBegun()).toBe(false);
    await endTurn();
    expect(late.hasBegun()).toBe(false);
    await endTurn();
    expect(late.hasBegun()).toBe(true);
  });

  it('begin when their time is up, to say so, and no longer wait', async () => {
    const { room, crowd, arrive, begun } = createDriven();
    crowd(ALWAYS + 8);
    const late = arrive('one');
    late.leave(new Error('Too late.'));
    await Promise.resolve();
    expect(late.hasBegun()).toBe(true);
    expect([begun(), room.waiting()]).toEqual([ALWAYS + 1, 8]);
  });

  it('settle as they are executed, and are then no longer in progress', async () => {
    const { room, crowd } = createDriven();
    const { signal } = new AbortController();
    const failing = Array.from({ length: ALWAYS }, () =>
      room.run({ caller: 'one', signal }, () => Promise.reject(new Error('Failed.'))),
    );
    const outcomes = await Promise.allSettled(failing);
    expect(outcomes).toEqual(failing.map(() => ({ status: 'rejected', reason: new Error('Failed.') })));
    expect(crowd(ALWAYS).filter(({ hasBegun }) => hasBegun())).toHaveLength(ALWAYS);
  });
});
