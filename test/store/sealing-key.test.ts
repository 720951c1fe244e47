import { expect, it } from 'vitest';
import { agreeOnSealingKey } from '../../src/recordings/sealing-key.ts';
import { addShortRecording, linkTo } from '../support/content.ts';
import { createTestStore, startGateway } from '../support/gateway.ts';
import { SHORT_MS, describeStores } from '../support/store.ts';

describeStores((open) => {
  it('gives one sealing key to all callers, at the same time and later', async () => {
    const { store, other } = await open();
    const keys = await Promise.all(
      Array.from({ length: 10 }, (_, index) => agreeOnSealingKey(index % 2 === 0 ? store : other)),
    );
    keys.push(await agreeOnSealingKey(other));
    const [first] = keys;
    expect(first).toHaveLength(32);
    expect(keys.every((key) => first?.equals(key))).toBe(true);
  });

  it('gives the same key however long it was not requested', async () => {
    const { store, other, pass } = await open({ idleMs: SHORT_MS });
    const key = await agreeOnSealingKey(store);
    pass(SHORT_MS);
    // What else is kept no longer is gone by now.
    await expect.poll(() => store.readLog('sealing-key')).toBeNull();
    expect(await agreeOnSealingKey(other)).toEqual(key);
  });

  it('gives each store a different sealing key', async () => {
    const [one, another] = [await open(), await open()];
    expect(await agreeOnSealingKey(one.store)).not.toEqual(await agreeOnSealingKey(another.store));
  });
});

it("Replicas of one store open each other's content links without a configured key", async () => {
  const store = createTestStore();
  const one = await startGateway({ store });
  const recording = addShortRecording(one);
  const other = await startGateway({ store, emulator: one.emulator });
  const stranger = await startGateway({ emulator: one.emulator });
  const { pathname } = new URL(await linkTo(one, recording));
  const statuses = await Promise.all(
    [one, other, stranger].map(async ({ url }) => (await fetch(url + pathname, { method: 'HEAD' })).status),
  );
  expect(statuses).toEqual([200, 200, 403]);
});
