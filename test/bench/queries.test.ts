import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayContestant, limit } from '../../bench/queries/contestants.ts';
import { JOB_NAMES } from '../../bench/queries/jobs.ts';
import { startRace } from '../../bench/queries/race.ts';
import type { Race } from '../../bench/queries/race.ts';
import { startServer } from '../support/server.ts';

/** Shorter than any response takes, so that exactly one operation runs. */
const ONE_OPERATION_MS = 0.001;

describe('The measurement of queries', () => {
  let race: Race;
  // A race starts only when all contestants give the same answers.
  beforeAll(async () => {
    race = await startRace([limit, gatewayContestant(null)], JOB_NAMES);
  });
  afterAll(() => race.stop());

  it.each([
    // The limit requests the organizer after the recording; the gateway requests both at once.
    { job: 'OneRecording', limit: [2, 2], gateway: [1, 2] },
    { job: 'HundredRecordings', limit: [4, 51], gateway: [4, 51] },
    { job: 'TwentyMeetings', limit: [2, 40], gateway: [2, 40] },
    { job: 'HundredEntities', limit: [5, 100], gateway: [5, 100] },
  ] as const)(
    'counts the requests to Graph and their parts for $job: $gateway by the gateway, $limit by the limit',
    async ({ job, ...expected }) => {
      const figures = await race.measure({ job, latencyMs: 0, concurrency: 1 }, 1, ONE_OPERATION_MS);
      expect(
        Array.from(figures, ([name, slices]) => [name, slices.map((slice) => [slice.requests, slice.parts])]),
      ).toEqual([
        ['limit', [expected.limit]],
        ['gateway', [expected.gateway]],
      ]);
    },
  );
});

const nothing = (): Promise<null> => Promise.resolve(null);

describe('A race', () => {
  it('does not start when the answers of the contestants differ', async () => {
    const url = await startServer((_, response) => response.end('{"data":{"callRecording":null}}'));
    const server = { url, usage: nothing, ask: nothing, stop: () => Promise.resolve() };
    const liar = { name: 'liar', path: '/', start: () => Promise.resolve(server) };
    await expect(startRace([limit, liar], JOB_NAMES)).rejects.toThrow(
      'Expected liar to answer OneRecording as limit does',
    );
  });
});
