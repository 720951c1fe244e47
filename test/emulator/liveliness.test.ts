import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

it('A lively tenant gets new recordings from time to time, most of the first user, and at most 500', async () => {
  const { tenant, close } = await createEmulator({ isLively: true });
  onTestFinished(close);
  const before = tenant.recordings.length;
  vi.advanceTimersByTime(8_000);
  expect(tenant.recordings).toHaveLength(before + 1);
  vi.advanceTimersByTime(10 * 60_000);
  const added = tenant.recordings.slice(before);
  expect(added.length).toBeGreaterThan(10);
  const ofFirst = added.filter(({ organizerId }) => organizerId === tenant.users[0]?.id);
  expect(ofFirst.length).toBeGreaterThan(added.length / 2);
  vi.advanceTimersByTime(30 * 24 * 3_600_000);
  expect(tenant.recordings).toHaveLength(before + 500);
});

it('Any other tenant does not change', async () => {
  const { tenant, close } = await createEmulator();
  onTestFinished(close);
  const before = tenant.recordings.length;
  vi.advanceTimersByTime(3_600_000);
  expect(tenant.recordings).toHaveLength(before);
});
