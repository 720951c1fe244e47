import { expect, it } from 'vitest';
import { LONG_MS, SHORT_MS, describeStores, stateOf, step } from '../support/store.ts';

describeStores((open) => {
  it('gives a lease to one holder, who keeps it and its fencing token when renewing', async () => {
    const { store, other } = await open();
    const token = await store.lease('a', 'me', LONG_MS);
    expect(token).toEqual(expect.any(Number));
    expect(await other.lease('a', 'you', LONG_MS)).toBeNull();
    expect(await store.lease('a', 'me', LONG_MS)).toBe(token);
    expect(await other.lease('b', 'you', LONG_MS)).toEqual(expect.any(Number));
  });

  it('gives a lease to one of several simultaneous applicants', async () => {
    const { store, other } = await open();
    const takers = [store, other, store].map((each, index) => each.lease('a', `holder ${index}`, LONG_MS));
    const tokens = await Promise.all(takers);
    expect(tokens.filter((token) => token !== null)).toHaveLength(1);
  });

  it('gives a released lease to another holder, with a greater fencing token', async () => {
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

  it('gives a lease to another holder once it has expired', async () => {
    const { store, other, pass } = await open();
    const mine = await store.lease('a', 'me', LONG_MS);
    // A renewal may also shorten the lease.
    expect(await store.lease('a', 'me', SHORT_MS)).toBe(mine);
    pass(SHORT_MS);
    await expect.poll(() => other.lease('a', 'you', LONG_MS)).toBeGreaterThan(mine ?? Infinity);
    expect(await store.lease('a', 'me', LONG_MS)).toBeNull();
  });

  it('reports a lease as wanted while another holder waits for it', async () => {
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

  it('ends the wait of a holder that gets the lease', async () => {
    const { store, other } = await open();
    await store.lease('a', 'me', LONG_MS);
    await other.lease('a', 'you', LONG_MS);
    await store.releaseLease('a', 'me');
    await other.lease('a', 'you', LONG_MS);
    expect(await store.isLeaseWanted('a', 'me')).toBe(false);
    await store.lease('a', 'me', LONG_MS);
    expect(await other.isLeaseWanted('a', 'you')).toBe(true);
  });

  it('forgets a waiting holder when the requested time is over, and keeps the other waiters', async () => {
    const { store, other, pass } = await open();
    await store.lease('a', 'me', LONG_MS);
    await other.lease('a', 'she', LONG_MS);
    await other.lease('a', 'he', SHORT_MS);
    pass(SHORT_MS);
    await expect.poll(() => store.isLeaseWanted('a', 'she')).toBe(false);
    expect(await store.isLeaseWanted('a', 'me')).toBe(true);
  });

  it('fences off a step of a former holder, but not a step without a fencing token', async () => {
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
    // The outcome is 'fenced' even when the log has moved on too.
    expect(await store.append('a', step(begun, { fence: mine }))).toBe('fenced');
  });

  it('accepts a step of a former holder whose lease has not been taken since', async () => {
    const { store } = await open();
    const fence = await store.lease('a', 'me', LONG_MS);
    await store.releaseLease('a', 'me');
    expect(await store.append('a', step(null, { fence }))).toMatchObject({ version: 1 });
  });

  it('fences off a step with a fencing token that was never given', async () => {
    const { store } = await open();
    expect(await store.append('a', step(null, { fence: 1 }))).toBe('fenced');
  });
});
