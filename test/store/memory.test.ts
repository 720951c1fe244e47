import { expect, it } from 'vitest';
import { createExpiringMap } from '../../src/store/expiring-map.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createDrivenClock } from '../support/clock.ts';
import { appendAll, stateOf, step } from '../support/store.ts';

it('keeps a log in memory until the idle time after its last step is over', async () => {
  const clock = createDrivenClock();
  const store = createMemoryStore({ retention: { records: 10, idleMs: 1_000 }, clock });
  let state = await appendAll(store, 'a', ['r1']);
  clock.advance(999);
  state = stateOf(await store.append('a', step(state)));
  clock.advance(999);
  expect(await store.readLog('a')).toEqual(state);
  clock.advance(1);
  expect(await store.readLog('a')).toBeNull();
});

it('frees all expired values when the map is next used at least ten seconds after the last sweep', () => {
  const clock = createDrivenClock();
  const map = createExpiringMap<string>(clock);
  for (let key = 0; key < 1_000; key += 1) map.set(`short ${key}`, 'a value', 1_000);
  map.set('long', 'a value', 60_000);
  clock.advance(1_000);
  expect(map.get('short 1')).toBeUndefined();
  clock.advance(9_000);
  expect(map.get('long')).toBe('a value');
  expect(map.size()).toBe(1);
});
