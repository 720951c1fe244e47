import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/msgraph/admission/gate.ts';
import { fixedToken } from '../../src/msgraph/credentials/token.ts';
import { GraphError } from '../../src/msgraph/error.ts';
import { createJobRetries } from '../../src/msgraph/jobs/job-retries.ts';
import { createJob, waitFor } from '../../src/msgraph/jobs/job.ts';
import type { Job } from '../../src/msgraph/jobs/job.ts';
import { createOperation } from '../../src/msgraph/operation.ts';
import { createRetryBudget } from '../../src/msgraph/retry.ts';
import { createDrivenClock } from '../support/clock.ts';
import { startGraph } from '../support/graph.ts';
import type { TestGraph } from '../support/graph.ts';

/** The outcome of a request in an operation with this timeout, of which a part is over, and its time by the clock. */
async function fare({ client, clock }: TestGraph, path: string, timeoutMs: number, waitedMs = 0): Promise<object> {
  const limits = { timeoutMs, graphRequests: 10, httpRequests: 10 };
  const operation = createOperation({ requestId: 'a', limits, clock, caller: null, waitedMs });
  const [outcome] = await Promise.allSettled([client.get(path, operation)]);
  operation.end();
  return { atMs: clock.steadyMs(), ...(outcome.status === 'fulfilled' ? { came: true } : { error: outcome.reason }) };
}

describe('Operations that share a throttled request', () => {
  it('fail at once when they have less time than the Retry-After, while the others wait for the response', async () => {
    const graph = await startGraph();
    const { clock, emulator } = graph;
    const [path = ''] = graph.userPaths(1);
    const hold = emulator.hold({ path: '/users/' });
    emulator.fail({ kind: 'status', status: 429, retryAfter: '4', times: 1 });
    const beginMs = clock.steadyMs();
    const hasty = fare(graph, path, 3_000);
    const patient = fare(graph, path, 9_000);
    await hold.arrived(1);
    hold.release();
    expect(await hasty).toMatchObject({ atMs: beginMs, error: { status: 429, retryAfterMs: 4_000 } });
    clock.advance(4_000);
    expect(await patient).toEqual({ atMs: beginMs + 4_000, came: true });
    expect(graph.requests()).toHaveLength(2);
  });
});

describe('An operation that has waited for its turn', () => {
  it('has that much less time', async () => {
    const graph = await startGraph();
    const { clock, emulator } = graph;
    const [path = ''] = graph.userPaths(1);
    const hold = emulator.hold({ path: '/users/' });
    const beginMs = clock.steadyMs();
    const late = fare(graph, path, 9_000, 7_000);
    await hold.arrived(1);
    clock.advance(1_999);
    expect(await Promise.race([late, setImmediate('still waiting')])).toBe('still waiting');
    clock.advance(1);
    expect(await late).toMatchObject({
      atMs: beginMs + 2_000,
      error: { reason: 'timeout', message: expect.stringContaining('Microsoft Graph did not respond') },
    });
  });

  it('is not retried after a Retry-After for which it has too little time left', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    graph.emulator.fail({ kind: 'status', status: 429, retryAfter: '4', times: 1 });
    expect(await fare(graph, path, 9_000, 5_000)).toMatchObject({ error: { status: 429, retryAfterMs: 4_000 } });
  });

  it('requests nothing when all its time is over', async () => {
    const graph = await startGraph();
    const [path = ''] = graph.userPaths(1);
    expect(await fare(graph, path, 9_000, 9_000)).toMatchObject({
      error: { reason: 'timeout', message: expect.stringContaining('The gateway was too busy') },
    });
    expect(graph.requests()).toEqual([]);
  });
});

describe('A request whose last waiter runs out of time just when its retry wait begins', () => {
  it('is not retried, and no longer shared', async () => {
    const clock = createDrivenClock();
    const limits = { timeoutMs: 8_000, graphRequests: 10, httpRequests: 10 };
    const operation = createOperation({ requestId: 'a', limits, clock, caller: null });
    const job = createJob({ method: 'GET', path: '/a', body: undefined, clientRequestId: 'a' }, '/a', 'a');
    const answer = waitFor(job, operation, () => {});
    const settled: Job[] = [];
    const { afterWait } = createJobRetries({
      clock,
      gate: createGate({ clock, mostRequests: 1 }),
      getToken: fixedToken('a-token'),
      retryBudget: createRetryBudget(),
      queueAgain: () => expect.unreachable(),
      settle: (one) => settled.push(one),
    });
    const error = new GraphError('Later.', { reason: 'status', status: 503, retryAfterMs: 8_000 });
    // A little longer than the operation has left, as when the patience was determined a moment earlier.
    afterWait([{ job, error, delayMs: 8_000, patienceMs: 8_001, hasRetryAfter: true }]);
    await expect(answer).rejects.toBe(error);
    expect(settled).toEqual([job]);
    clock.advance(8_000);
  });
});

describe('An operation that joins a request waiting for its retry', () => {
  it('fails at once with the original error when it has less time than the wait', async () => {
    const graph = await startGraph();
    const { clock, emulator } = graph;
    const [path = ''] = graph.userPaths(1);
    emulator.fail({ kind: 'status', status: 503, retryAfter: '8', times: 1 });
    const hold = emulator.hold({ path: '/users/' });
    const hasty = fare(graph, path, 3_000);
    const patient = fare(graph, path, 9_000);
    await hold.arrived(1);
    hold.release();
    const told = { atMs: clock.steadyMs(), error: { status: 503, retryAfterMs: 8_000 } };
    expect(await hasty).toMatchObject(told);
    expect(await fare(graph, path, 3_000)).toMatchObject(told);
    clock.advance(8_000);
    expect(await patient).toMatchObject({ came: true });
    expect(graph.requests()).toHaveLength(2);
  });
});

describe('While Graph throttles all requests', () => {
  it('an operation can still join a request in flight', async () => {
    const graph = await startGraph();
    const { emulator } = graph;
    const [slow = '', ...others] = graph.userPaths(21);
    const hold = emulator.hold({ path: slow.split('?')[0] ?? '' });
    const first = fare(graph, slow, 3_000);
    await hold.arrived(1);
    emulator.fail({ kind: 'status', status: 429, retryAfter: '60', match: { path: '/$batch' } });
    const throttled = await Promise.all(others.map((path) => fare(graph, path, 3_000)));
    expect(throttled).toMatchObject(others.map(() => ({ error: { status: 429 } })));
    const joining = fare(graph, slow, 3_000);
    hold.release();
    expect(await Promise.all([first, joining])).toMatchObject([{ came: true }, { came: true }]);
    expect(await fare(graph, slow, 3_000)).toMatchObject({ error: { status: 429 } });
    expect(graph.requests()).toHaveLength(2);
  });
});
