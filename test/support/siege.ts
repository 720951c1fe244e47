/**
 * A gateway under attack, and the effect on an innocent caller. Times are CPU times of this thread, so that other load
 * on the machine has no influence.
 */
import { expect } from 'vitest';
import { listAt } from './gateway.ts';
import type { TestGateway } from './gateway.ts';

/** The number of sieges, of attacks in each, and of attacks to measure the cost. */
const SIEGES = 3;
const TIMES = 10;
const TIMES_MEASURED = 10;
/** The most that an attack may cost, in innocent queries. The attacker's own work, in the same thread, counts too. */
const MOST_QUESTIONS = 25;
/** The longest that an attack may block others, in milliseconds. */
const LONGEST_TURN_MS = 100;

/** The query of an innocent caller, which takes a request to Graph: one recording. */
const INNOCENT =
  'query ($organizer: ID!) { callRecordings(meetingOrganizerId: $organizer, first: 1) { nodes { id createdDateTime } } }';

/** The CPU time of this thread so far. */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Watches the turns of the event loop until the returned function is called, which gives the longest. */
function watchTurns(): () => number {
  let longestMs = 0;
  let sinceMs = workedMs();
  let isWatching = true;
  function look(): void {
    const nowMs = workedMs();
    longestMs = Math.max(longestMs, nowMs - sinceMs);
    sinceMs = nowMs;
    if (isWatching) setImmediate(look);
  }
  setImmediate(look);
  return () => {
    isWatching = false;
    return longestMs;
  };
}

async function repeat(times: number, action: () => Promise<void>): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each begins when the one before is over
    await action();
  }
}

/** Sends the query of an innocent caller, which must succeed. */
async function askInnocently(gateway: TestGateway): Promise<void> {
  const { data, errors } = await gateway.query(INNOCENT, { organizer: gateway.emulator.tenant.users[0]?.id });
  expect(errors).toBeUndefined();
  expect(listAt(data, 'callRecordings.nodes')).toHaveLength(1);
}

/** The CPU time of this thread for a repeated action. */
async function workFor(action: () => Promise<void>): Promise<number> {
  const sinceMs = workedMs();
  await repeat(TIMES_MEASURED, action);
  return workedMs() - sinceMs;
}

/** Repeats an attack while an innocent caller sends queries. Gives the longest turn of the event loop meanwhile. */
async function longestTurnUnder(attack: () => Promise<void>, gateway: TestGateway): Promise<number> {
  const stop = watchTurns();
  const over = new AbortController();
  const attacks = repeat(TIMES, attack).finally(() => over.abort());
  let answered = 0;
  while (!over.signal.aborted || answered < 3) {
    // oxlint-disable-next-line no-await-in-loop -- a caller who waits for each answer
    await askInnocently(gateway);
    answered += 1;
  }
  await attacks;
  return stop();
}

/**
 * Repeats an attack, which resolves when it has been refused, while an innocent caller sends queries. Fails if that
 * caller is not answered, if each siege has a turn of the event loop that is too long, or if an attack costs more than
 * the allowed number of innocent queries.
 */
export async function besiege(gateway: TestGateway, attack: () => Promise<void>): Promise<void> {
  // The first run includes compilation, which is not part of an attack.
  await attack();
  await askInnocently(gateway);
  const longestMs: number[] = [];
  await repeat(SIEGES, async () => {
    longestMs.push(await longestTurnUnder(attack, gateway));
  });
  // An attack has its effect in each siege. Occasional work, such as garbage collection, is no part of it either.
  expect(Math.min(...longestMs)).toBeLessThan(LONGEST_TURN_MS);
  const innocentMs = await workFor(() => askInnocently(gateway));
  expect((await workFor(attack)) / innocentMs).toBeLessThan(MOST_QUESTIONS);
}
