import { expect, it } from 'vitest';
import { staleAt } from '../../web/src/player/content-link.ts';

const nowMs = Date.parse('2026-11-23T12:00:00Z');

it.each([
  ['shortly before its end', '2026-11-23T12:15:00Z', nowMs + 890_000],
  ['never by the clock, where that is ahead of the gateway', '2026-11-23T11:00:00Z', Number.POSITIVE_INFINITY],
  ['never by the clock, where it lasts no longer than the margin', '2026-11-23T12:00:05Z', Number.POSITIVE_INFINITY],
])('A link is stale %s', (_, expirationDateTime, staleAtMs) => {
  expect(staleAt(expirationDateTime, nowMs)).toBe(staleAtMs);
});
