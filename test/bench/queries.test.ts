import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayContestant, limit } from '../../bench/queries/contestants.ts';
import { JOB_NAMES } from '../../bench/queries/jobs.ts';
import { startRace } from '../../bench/queries/race.ts';
import type { Race } from '../../bench/queries/race.ts';
import { startServer } from '../support/server.ts';

/** Shorter than any answer takes, so that one operation is all. */
const ONE_OPERATION_MS = 0.001;

describe('What is measured of queries', () => {
  let race: Race;
  // It starts only when all answers are alike.
  beforeAll(async () => {
    race = await startRace([limit, gatewayContestant(null)], JOB_NAMES);
  });
  afterAll(() => race.stop());

  it.each([
    { job: 'OneRecording', requests: 2, parts: 2 },
    { job: 'HundredRecordings', requests: 4, parts: 51 },
    { job: 'TwentyMeetings', requests: 2, parts: 40 },
    { job: 'HundredEntities', requests: 5, parts: 100 },
  ] as const)(
    'is $requests requests to Graph with $parts parts for $job, of the gateway as of the limit',
    async (row) => {
      const { job, requests, parts } = row;
      const figures = await race.measure({ job, latencyMs: 0, concurrency: 1 }, 1, ONE_OPERATION_MS);
      expect(
        Array.from(figures, ([name, slices]) => [name, slices.map((slice) => [slice.requests, slice.parts])]),
      ).toEqual([
        ['limit', [[requests, parts]]],
        ['gateway', [[requests, parts]]],
      ]);
    },
  );
});

describe('A race', () => {
  it('does not start when somebody answers otherwise than the others', async () => {
    const url = await startServer((_, response) => response.end('{"data":{"callRecording":null}}'));
    const server = { url, usage: () => Promise.resolve(null), stop: () => Promise.resolve() };
    const liar = { name: 'liar', path: '/', start: () => Promise.resolve(server) };
    await expect(startRace([limit, liar], JOB_NAMES)).rejects.toThrow(
      'Expected liar to answer OneRecording as limit does',
    );
  });
});
