import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/msgraph/admission/outcome.ts';
import { GraphError } from '../../src/msgraph/error.ts';

const USER = { method: 'GET', path: '/users/a' } as const;
const MEETING = { method: 'GET', path: '/users/a/onlineMeetings/b' } as const;

const TIMEOUT = new GraphError('Failed.', { reason: 'timeout' });

describe('A request to Graph', () => {
  it.each([
    [{ reason: 'unreachable' }, true],
    [{ reason: 'timeout' }, true],
    [{ reason: 'status', status: 502 }, true],
    [{ reason: 'status', status: 503 }, true],
    [{ reason: 'status', status: 504 }, true],
    [{ reason: 'status', status: 500 }, false],
    [{ reason: 'status', status: 404 }, false],
    [{ reason: 'status', status: 429 }, false],
    [{ reason: 'malformed' }, false],
  ] as const)('that fails with %j counts toward the circuit: %j', (details, isFailure) => {
    expect(outcomeOf([USER], [new GraphError('Failed.', details)], 50, false)).toMatchObject({ isFailure });
  });

  it('that failed concerns its path, unless there was no connection or it was a batch', () => {
    const unreachable = new GraphError('Failed.', { reason: 'unreachable' });
    expect(outcomeOf([USER], [TIMEOUT], 50, false)).toMatchObject({ about: USER.path });
    expect(outcomeOf([USER], [unreachable], 50, false)).toMatchObject({ about: null });
    expect(outcomeOf([USER, MEETING], [TIMEOUT, TIMEOUT], 50, false)).toMatchObject({ isFailure: true, about: null });
  });

  it('that was abandoned says nothing within three seconds, and is a failure from then on', () => {
    expect(outcomeOf([USER], [TIMEOUT], 2_999, true)).toBeNull();
    expect(outcomeOf([USER], [TIMEOUT], 3_000, true)).toMatchObject({ isFailure: true });
  });
});

describe('An answered batch', () => {
  it('is no failure, although each of its parts failed', () => {
    const parts = [503, 503].map((status) => new GraphError('Failed.', { reason: 'status', status }));
    expect(outcomeOf([USER, MEETING], parts, 50, false)).toMatchObject({ isFailure: false, about: null });
  });

  it('is of the same kind in any order of its parts', () => {
    const [one, other] = [
      [USER, MEETING, USER],
      [MEETING, USER],
    ].map((asked) => outcomeOf(asked, [], 50, false)?.kind());
    expect(one).toMatch(/^batch GET .+ GET .+/);
    expect(one).toBe(other);
  });
});
