import { describe, expect, it } from 'vitest';
import { dayLabel, durationText, groupByDay } from '../../web/src/timeline/day.ts';

/** An instant in November 2026, in local time. */
const at = (day: number, hours: number, minutes = 0): string => new Date(2026, 10, day, hours, minutes).toISOString();

describe('The timeline', () => {
  it('has the newest first, by the local day, whatever the order in which recordings arrive', () => {
    const recordings = [at(20, 9), at(23, 0, 5), at(22, 23, 55), at(20, 11), at(23, 18)];

    const days = groupByDay(recordings.map((createdDateTime) => ({ createdDateTime })));

    expect(
      days.map(({ date, recordings: ofDay }) => [date, ofDay.map(({ createdDateTime }) => createdDateTime)]),
    ).toEqual([
      ['2026-11-23', [at(23, 18), at(23, 0, 5)]],
      ['2026-11-22', [at(22, 23, 55)]],
      ['2026-11-20', [at(20, 11), at(20, 9)]],
    ]);
  });

  it('reads the seven digits of a second that Graph sends', () => {
    expect(groupByDay([{ createdDateTime: '2026-11-20T12:00:00.9878650Z' }]).map(({ date }) => date)).not.toEqual([
      'unknown',
    ]);
  });

  it('has recordings without a date last', () => {
    const days = groupByDay([{ createdDateTime: null }, { createdDateTime: at(20, 9) }, { createdDateTime: null }]);

    expect(days.map(({ date, recordings }) => [date, recordings.length])).toEqual([
      ['2026-11-20', 1],
      ['unknown', 2],
    ]);
  });

  it.each([
    ['2026-11-23', 'Today', 'November 23'],
    ['2026-11-22', 'Yesterday', 'November 22'],
    ['2026-11-21', 'Saturday', 'November 21'],
    ['2025-11-23', 'Sunday', 'November 23, 2025'],
    ['unknown', 'Unknown date', ''],
  ])('calls %s, on the 23rd of November 2026, %s', (date, name, text) => {
    expect(dayLabel(date, new Date(2026, 10, 23, 0, 1), 'en-US')).toEqual({ name, date: text });
  });

  it('calls the last day of a month yesterday on the first of the next', () => {
    expect(dayLabel('2026-02-28', new Date(2026, 2, 1), 'en-US').name).toBe('Yesterday');
  });
});

it.each([
  ['2026-11-20T11:18:07.9878650Z', '2026-11-20T11:58:00Z', '40 min'],
  ['2026-11-20T11:00:00Z', '2026-11-20T12:05:00Z', '1 h 05 min'],
  ['2026-11-20T11:00:00Z', '2026-11-20T11:59:40Z', '1 h 00 min'],
  ['2026-11-20T11:00:00Z', '2026-11-20T11:00:10Z', 'less than a minute'],
  ['2026-11-20T11:00:00Z', '2026-11-20T10:00:00Z', null],
  ['2026-11-20T11:00:00Z', null, null],
  [null, '2026-11-20T11:00:00Z', null],
])('A recording from %s to %s lasts %s', (start, end, text) => {
  expect(durationText(start, end)).toBe(text);
});
