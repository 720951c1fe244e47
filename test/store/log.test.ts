import { expect, it } from 'vitest';
import { appendAll, describeStores, stateOf, step } from '../support/store.ts';

describeStores((open) => {
  it('answers null for a log that has not begun', async () => {
    const { store } = await open();
    expect(await store.readLog('a')).toBeNull();
    expect(await store.recordsAfter('a', 'an epoch', 0, 10)).toBeNull();
    expect(await store.numbersOf('a', 'an epoch', ['x'])).toBeNull();
  });

  it('begins a log, continues it, and shows it to every replica', async () => {
    const { store, other } = await open();
    const begun = await store.append('a', step(null, { epoch: 'first', state: 'one', record: 'r1' }));
    expect(begun).toEqual({ epoch: 'first', version: 1, head: 1, state: 'one' });
    const continued = await other.append('a', step(stateOf(begun), { state: 'zwei ✓', record: 'r2 🎬' }));
    expect(continued).toEqual({ epoch: 'first', version: 2, head: 2, state: 'zwei ✓' });
    expect(await store.readLog('a')).toEqual(continued);
    expect(await store.recordsAfter('a', 'first', 0, 10)).toEqual([
      { number: 1, text: 'r1' },
      { number: 2, text: 'r2 🎬' },
    ]);
    expect(await store.readLog('b')).toBeNull();
  });

  it('changes only the state when a step has no record', async () => {
    const { store } = await open();
    const begun = stateOf(await store.append('a', step(null, { state: '' })));
    expect(begun).toEqual({ epoch: 'an epoch', version: 1, head: 0, state: '' });
    const changed = await store.append('a', step(begun, { state: 'new', names: ['of no record'] }));
    expect(changed).toEqual({ epoch: 'an epoch', version: 2, head: 0, state: 'new' });
    expect(await store.recordsAfter('a', 'an epoch', 0, 10)).toEqual([]);
    expect(await store.numbersOf('a', 'an epoch', ['of no record'])).toEqual([null]);
  });

  it('rejects a step that does not continue the current version of the log', async () => {
    const { store } = await open();
    const first = await appendAll(store, 'a', ['r1']);
    const second = await appendAll(store, 'a', ['r2']);
    const others = [{ version: 3 }, { epoch: 'another' }, { state: 'of as many steps' }].map((other) => ({
      ...second,
      ...other,
    }));
    for (const after of [null, first, ...others]) {
      const outcome = await store.append('a', step(after, { state: 'not', record: 'not', names: ['not'] }));
      expect(outcome).toBe('conflict');
    }
    expect(await store.append('b', step(second))).toBe('conflict');
    expect(await store.readLog('a')).toEqual(second);
    expect(await store.recordsAfter('a', 'an epoch', 2, 10)).toEqual([]);
    expect(await store.numbersOf('a', 'an epoch', ['not'])).toEqual([null]);
  });

  it('begins a log for exactly one of several simultaneous first steps', async () => {
    const { store, other } = await open();
    const outcomes = await Promise.all(
      [store, other, store, other].map((each, index) => each.append('a', step(null, { epoch: `epoch ${index}` }))),
    );
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(3);
    expect(outcomes).toContainEqual(await store.readLog('a'));
  });

  it('numbers records without gaps when many are added simultaneously', async () => {
    const { store, other } = await open();
    const texts = Array.from({ length: 60 }, (_, index) => `record ${index}`);
    let conflicts = 0;
    await Promise.all(
      texts.map(async (record, index) => {
        const mine = index % 2 === 0 ? store : other;
        while ((await mine.append('a', step(await mine.readLog('a'), { record, names: [record] }))) === 'conflict') {
          conflicts += 1;
        }
      }),
    );
    const records = (await store.recordsAfter('a', 'an epoch', 0, 100)) ?? [];
    expect(records.map(({ number }) => number)).toEqual(texts.map((_, index) => index + 1));
    expect(records.map(({ text }) => text).toSorted()).toEqual(texts.toSorted());
    const numbers = await store.numbersOf(
      'a',
      'an epoch',
      records.map(({ text }) => text),
    );
    expect(numbers).toEqual(records.map(({ number }) => number));
    expect(await store.readLog('a')).toMatchObject({ version: 60, head: 60 });
    expect(conflicts).toBeGreaterThan(0);
  });

  it('returns the records after a number, up to the requested count', async () => {
    const { store } = await open();
    await appendAll(store, 'a', ['r1', 'r2', 'r3', 'r4']);
    const numbersAfter = async (number: number, most: number): Promise<number[] | undefined> =>
      (await store.recordsAfter('a', 'an epoch', number, most))?.map((record) => record.number);
    expect(await numbersAfter(0, 2)).toEqual([1, 2]);
    expect(await numbersAfter(2, 2)).toEqual([3, 4]);
    expect(await numbersAfter(3, 2)).toEqual([4]);
    expect(await numbersAfter(4, 2)).toEqual([]);
    expect(await numbersAfter(9, 2)).toEqual([]);
  });

  it('answers null for a range that includes dropped records, and still knows their names', async () => {
    const { store } = await open({ records: 2 });
    const begun = stateOf(await store.append('a', step(null, { record: 'r1', names: ['x'] })));
    expect(await store.recordsAfter('a', begun.epoch, 0, 10)).toHaveLength(1);
    await appendAll(store, 'a', ['r2', 'r3', 'r4']);
    expect(await store.recordsAfter('a', begun.epoch, 0, 10)).toBeNull();
    expect(await store.recordsAfter('a', begun.epoch, 1, 10)).toBeNull();
    expect(await store.recordsAfter('a', begun.epoch, 2, 10)).toEqual([
      { number: 3, text: 'r3' },
      { number: 4, text: 'r4' },
    ]);
    expect(await store.numbersOf('a', begun.epoch, ['x'])).toEqual([1]);
  });

  it('maps each name to the first record that has it', async () => {
    const { store, other } = await open();
    const first = stateOf(await store.append('a', step(null, { record: 'r1', names: ['x', 'epoch'] })));
    const second = stateOf(await other.append('a', step(first, { record: 'r2', names: ['y', 'x', 'y'] })));
    await store.append('a', step(second, { record: 'r3', names: ['epoch', 'head', ''] }));
    const names = ['x', 'y', 'epoch', 'head', '', 'z'];
    expect(await store.numbersOf('a', 'an epoch', names)).toEqual([1, 2, 1, 3, 3, null]);
    expect(await store.numbersOf('a', 'an epoch', [])).toEqual([]);
  });

  it('answers null for another epoch', async () => {
    const { store } = await open();
    await appendAll(store, 'a', ['r1']);
    expect(await store.recordsAfter('a', 'another', 0, 10)).toBeNull();
    expect(await store.numbersOf('a', 'another', ['x'])).toBeNull();
  });

  it('forgets a log when the idle time after its last step is over, and can begin it again', async () => {
    const { store, pass } = await open({ idleMs: 50 });
    await appendAll(store, 'a', ['r1']);
    pass(50);
    await expect.poll(() => store.readLog('a')).toBeNull();
    expect(await store.recordsAfter('a', 'an epoch', 0, 10)).toBeNull();
    expect(await store.append('a', step(null, { epoch: 'second', record: 'again' }))).toEqual({
      epoch: 'second',
      version: 1,
      head: 1,
      state: 'a state',
    });
  });
});
