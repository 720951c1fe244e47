import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/msgraph/admission/outcome.ts';
import { GOOD, openGate } from '../support/gate.ts';
import type { OpenGate } from '../support/gate.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

/** Two minutes, for which no operation can wait. */
const LATER = { kind: 'status', status: 429, retryAfterSeconds: 120 } as const;

/** Starts a Graph that has just answered about twenty users, and knows more. */
async function startBusyGraph(): Promise<TestGraph & { readonly paths: readonly string[] }> {
  const graph = await startGraph({ tenant: { users: 45, meetings: 0, recordings: 0 } });
  const paths = graph.userPaths(45);
  await Promise.all(paths.slice(0, 20).map((path) => graph.client.get(path, graph.operation())));
  graph.emulator.clearRequests();
  return { ...graph, paths };
}

/** How many of the paths, requested together, are refused with 429. */
async function refusedOf(graph: TestGraph, paths: readonly string[]): Promise<number> {
  const outcomes = await Promise.allSettled(paths.map((path) => graph.client.get(path, graph.operation())));
  return outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason.status === 429).length;
}

/** Twenty requests about one user. */
const ofOne = (path = ''): string[] => Array.from({ length: 20 }, (_, time) => `${path}?time=${time}`);

describe('A refusal by Graph', () => {
  it('of a request about one user leaves the requests about others alone', async () => {
    const graph = await startBusyGraph();
    const [first = '', refused = ''] = [graph.paths[0], graph.paths[20]];
    graph.emulator.fail({ ...LATER, match: { path: refused } });
    expect(await refusedOf(graph, [refused])).toBe(1);
    expect(await refusedOf(graph, [first])).toBe(0);
    expect(graph.requests()).toEqual([`GET /v1.0${refused}`, `GET /v1.0${first}`]);
  });

  it('of twenty requests about one user, in a batch, leaves the requests about others alone', async () => {
    const graph = await startBusyGraph();
    const [first = '', refused = ''] = [graph.paths[0], graph.paths[20]];
    graph.emulator.fail({ ...LATER, times: 20, match: { path: refused } });
    expect(await refusedOf(graph, ofOne(refused))).toBe(20);
    expect(await refusedOf(graph, [first])).toBe(0);
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20', `GET /v1.0${first}`]);
  });

  it('of a whole batch about twenty users holds back all requests', async () => {
    const graph = await startBusyGraph();
    graph.emulator.fail({ ...LATER, times: 20, match: { path: '/users/' } });
    expect(await refusedOf(graph, graph.paths.slice(20, 40))).toBe(20);
    expect(await refusedOf(graph, graph.paths.slice(0, 1))).toBe(1);
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20']);
  });

  it('of twenty requests about one user holds back all, if there is no other', async () => {
    const graph = await startGraph({ tenant: { users: 2, meetings: 0, recordings: 0 } });
    const [refused = '', other = ''] = graph.userPaths(2);
    graph.emulator.fail({ ...LATER, times: 20, match: { path: refused } });
    expect(await refusedOf(graph, ofOne(refused))).toBe(20);
    expect(await refusedOf(graph, [other])).toBe(1);
    expect(graph.requests()).toEqual(['POST /v1.0/$batch of 20']);
  });
});

/** The outcome of a request about these users, of whom the last `refused` are refused. */
function outcomeAbout(users: readonly string[], refused: number, retryAfterMs: number | null = 3_000): Outcome {
  const paths = users.map((user) => `/users/${user}/onlineMeetings/a`);
  const throttledPaths = paths.slice(paths.length - refused);
  return { ...GOOD, parts: paths.length, throttled: refused, paths, throttledPaths, retryAfterMs };
}

const named = (count: number): string[] => Array.from({ length: count }, (_, user) => `user-${user}`);

/** The same user, this many times. */
const someone = (count: number): string[] => Array.from({ length: count }, () => 'someone');

/** Whether the gate refuses to send anything now. */
const isPaused = ({ gate, clock }: OpenGate): boolean => gate.refusal(clock.steadyMs()) !== null;

describe('Of the users whom Graph answered about within a second', () => {
  it.each<[string, readonly Outcome[], boolean]>([
    ['half are refused', [outcomeAbout(named(10), 5)], true],
    ['less than half are refused', [outcomeAbout(named(10), 4)], false],
    ['one is refused, in two spellings', [outcomeAbout([...named(8), 'Someone', 'SOMEONE'], 2)], false],
    ['half of the newest are refused', [outcomeAbout(named(20), 0), outcomeAbout(named(20), 10)], true],
    ['all are both refused and answered', [outcomeAbout([...named(5), ...named(5)], 5)], true],
    ['one is refused one of twenty requests', [outcomeAbout(someone(20), 1)], false],
    ['one is refused a lone request', [outcomeAbout(someone(20), 0), outcomeAbout(['other'], 1)], false],
    ['all are refused, but few requests were made', [outcomeAbout(named(9), 9)], false],
  ])('%s', (_, outcomes, pauses) => {
    const setting = openGate();
    setting.gate.want(setting.sender);
    for (const outcome of outcomes) setting.gate.done(outcome);
    expect(isPaused(setting)).toBe(pauses);
  });

  it('those of the second before do not count', () => {
    const setting = openGate();
    setting.gate.want(setting.sender);
    setting.gate.done(outcomeAbout(named(20), 0));
    setting.clock.advance(1_000);
    setting.gate.done(outcomeAbout(someone(10), 10));
    expect(isPaused(setting)).toBe(true);
  });
});
