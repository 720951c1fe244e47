import { expect, it } from 'vitest';
import { LONG_MS, SHORT_MS, describeStores, stateOf, step } from '../support/store.ts';

describeStores((open) => {
  it('gives a lease to one, who keeps it and its token', async () => {
    const { store, other } = await open();
    const token = await store.lease('a', 'me', LONG_MS);
    expect(token).toEqual(expect.any(Number));
    expect(await other.lease('a', 'you', LONG_MS)).toBeNull();
    expect(await store.lease('a', 'me', LONG_MS)).toBe(token);
    expect(await other.lease('b', 'you', LONG_MS)).toEqual(expect.any(Number));
  });

  it('gives it to one of those who ask at the same time', async () => {
    const { store, other } = await open();
    const takers = [store, other, store].map((each, index) => each.lease('a', `holder ${index}`, LONG_MS));
    const tokens = await Promise.all(takers);
    expect(tokens.filter((token) => token !== null)).toHaveLength(1);
  });

  it('gives it to another when it is given back, with a greater token', async () => {
    const { store, other } = await open();
    const mine = await store.lease('a', 'me', LONG_MS);
    await other.releaseLease('a', 'you');
    expect(await other.lease('a', 'you', LONG_MS)).toBeNull();
    await store.releaseLease('a', 'me');
    const yours = await other.lease('a', 'you', LONG_MS);
    expect(yours).toBeGreaterThan(mine ?? Infinity);
    await other.releaseLease('a', 'you');
    expect(await store.lease('a', 'me', LONG_MS)).toBeGreaterThan(yours ?? Infinity);
  });

  it('gives it to another when its time is over', async () => {
    const { store, other, pass } = await open();
    const mine = await store.lease('a', 'me', LONG_MS);
    // Whoever keeps a lease may keep it for less long than before.
    expect(await store.lease('a', 'me', SHORT_MS)).toBe(mine);
    pass(SHORT_MS);
    await expect.poll(() => other.lease('a', 'you', LONG_MS)).toBeGreaterThan(mine ?? Infinity);
    expect(await store.lease('a', 'me', LONG_MS)).toBeNull();
  });

  it('says that a lease is wanted as long as another waits for it', async () => {
    const { store, other } = await open();
    await store.lease('a', 'me', LONG_MS);
    expect(await store.isLeaseWanted('a', 'me')).toBe(false);
    await other.lease('a', 'you', LONG_MS);
    expect(await store.isLeaseWanted('a', 'me')).toBe(true);
    expect(await other.isLeaseWanted('a', 'you')).toBe(false);
    expect(await store.isLeaseWanted('b', 'me')).toBe(false);
    await other.releaseLease('a', 'you');
    expect(await store.isLeaseWanted('a', 'me')).toBe(false);
  });

  it('waits no longer for a lease that it has', async () => {
    const { store, other } = await open();
    await store.lease('a', 'me', LONG_MS);
    await other.lease('a', 'you', LONG_MS);
    await store.releaseLease('a', 'me');
    await other.lease('a', 'you', LONG_MS);
    expect(await store.isLeaseWanted('a', 'me')).toBe(false);
    await store.lease('a', 'me', LONG_MS);
    expect(await other.isLeaseWanted('a', 'you')).toBe(true);
  });

  it('forgets who waited when that time is over, and not the others', async () => {
    const { store, other, pass } = await open();
    await store.lease('a', 'me', LONG_MS);
    await other.lease('a', 'she', LONG_MS);
    await other.lease('a', 'he', SHORT_MS);
    pass(SHORT_MS);
    await expect.poll(() => store.isLeaseWanted('a', 'she')).toBe(false);
    expect(await store.isLeaseWanted('a', 'me')).toBe(true);
  });

  it('fences a step of a holder whose lease another has since, and no step that needs none', async () => {
    const { store, other, pass } = await open();
    const mine = await store.lease('a', 'me', LONG_MS);
    const begun = stateOf(await store.append('a', step(null, { fence: mine, record: 'mine' })));
    await store.lease('a', 'me', SHORT_MS);
    pass(SHORT_MS);
    await expect.poll(() => other.lease('a', 'you', LONG_MS)).not.toBeNull();
    const yours = await other.lease('a', 'you', LONG_MS);
    expect(await store.append('a', step(begun, { fence: mine, record: 'too late' }))).toBe('fenced');
    expect(await store.readLog('a')).toEqual(begun);
    const next = stateOf(await other.append('a', step(begun, { fence: yours, record: 'yours' })));
    expect(await store.append('a', step(next, { record: 'anybody' }))).toMatchObject({ head: 3 });
    // Who is fenced is told so, even when the log has gone on too.
    expect(await store.append('a', step(begun, { fence: mine }))).toBe('fenced');
  });

  it('takes a step of a holder whose lease has ended and that nobody else has had since', async () => {
    const { store } = await open();
    const fence = await store.lease('a', 'me', LONG_MS);
    await store.releaseLease('a', 'me');
    expect(await store.append('a', step(null, { fence }))).toMatchObject({ version: 1 });
  });

  it('fences a step under a lease that was never given', async () => {
    const { store } = await open();
    expect(await store.append('a', step(null, { fence: 1 }))).toBe('fenced');
  });
});
