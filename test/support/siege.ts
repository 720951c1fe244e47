/**
 * A gateway under attack, and what an innocent caller notices of it. Time is that of the processor in this thread, so that
 * whatever else the machine does tells on nothing.
 */
import { expect } from 'vitest';
import { listAt } from './gateway.ts';
import type { TestGateway } from './gateway.ts';

/** So many sieges there are, so often an attack is repeated in each, and so often to measure what it costs. */
const SIEGES = 3;
const TIMES = 10;
const TIMES_MEASURED = 10;
/** What one may cost, in innocent questions. The attacker's own work is counted too, which is in the same thread. */
const MOST_QUESTIONS = 25;
/** Nobody may wait longer for an attack, in milliseconds. */
const LONGEST_TURN_MS = 100;

/** What an innocent caller asks, which takes a request to Graph: one recording. */
const INNOCENT =
  'query ($organizer: ID!) { callRecordings(meetingOrganizerId: $organizer, first: 1) { nodes { id createdDateTime } } }';

/** How long this thread has worked so far. */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Watches the turns of the event loop, until it is stopped. Answers with the longest, in which nobody else had a turn. */
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

/** An innocent caller, who is answered as ever. */
async function askInnocently(gateway: TestGateway): Promise<void> {
  const { data, errors } = await gateway.query(INNOCENT, { organizer: gateway.emulator.tenant.users[0]?.id });
  expect(errors).toBeUndefined();
  expect(listAt(data, 'callRecordings.nodes')).toHaveLength(1);
}

/** How long this thread works for something that is repeated. */
async function workFor(action: () => Promise<void>): Promise<number> {
  const sinceMs = workedMs();
  await repeat(TIMES_MEASURED, action);
  return workedMs() - sinceMs;
}

/** Repeats an attack while an innocent caller asks again and again. Answers with the longest turn of the event loop meanwhile. */
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
 * Repeats an attack, which resolves when it has been refused, while an innocent caller asks again and again. Fails when that
 * caller is not answered, when in each of the sieges a turn of the event loop keeps everybody waiting for too long, or when an
 * attack costs more than so many innocent questions.
 */
export async function besiege(gateway: TestGateway, attack: () => Promise<void>): Promise<void> {
  // What runs for the first time is compiled, which is nobody's attack.
  await attack();
  await askInnocently(gateway);
  const longestMs: number[] = [];
  await repeat(SIEGES, async () => {
    longestMs.push(await longestTurnUnder(attack, gateway));
  });
  // What an attack does, it does in each. What is done now and then, as the collection of garbage is, is nobody's attack either.
  expect(Math.min(...longestMs)).toBeLessThan(LONGEST_TURN_MS);
  const innocentMs = await workFor(() => askInnocently(gateway));
  expect((await workFor(attack)) / innocentMs).toBeLessThan(MOST_QUESTIONS);
}
