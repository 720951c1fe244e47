import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { LONG_MS, SHORT_MS, describeStores, step } from '../support/store.ts';

describeStores((open) => {
  describe('notes', () => {
    it('are visible to every replica, can be replaced and can be removed', async () => {
      const { store, other } = await open();
      expect(await store.readNote('a')).toBeNull();
      await store.writeNote('a', 'one', LONG_MS);
      expect(await other.readNote('a')).toBe('one');
      await other.writeNote('a', '', LONG_MS);
      expect(await store.readNote('a')).toBe('');
      expect(await store.readNote('b')).toBeNull();
      await other.removeNote('a');
      expect(await store.readNote('a')).toBeNull();
      await other.removeNote('a');
    });

    it('last for the requested time', async () => {
      const { store, pass } = await open();
      await store.writeNote('a', 'short', SHORT_MS);
      await store.writeNote('b', 'long', SHORT_MS);
      await store.writeNote('b', 'longer', LONG_MS);
      pass(SHORT_MS);
      await expect.poll(() => store.readNote('a')).toBeNull();
      expect(await store.readNote('b')).toBe('longer');
    });
  });

  describe('messages', () => {
    it('reach every listener of every replica in order, until it stops listening', async () => {
      const { store, other } = await open();
      const heard: Record<string, string[]> = { mine: [], mineToo: [], yours: [] };
      const listen = (to: Store, name: string): (() => void) =>
        to.listen({ onMessage: (message) => heard[name]?.push(message), onGap: () => heard[name]?.push('a gap') });
      const stop = listen(store, 'mine');
      listen(store, 'mineToo');
      listen(other, 'yours');
      for (const message of ['1', '2', '3']) await store.publish(message);
      await vi.waitFor(() =>
        expect(heard).toEqual({ mine: ['1', '2', '3'], mineToo: ['1', '2', '3'], yours: ['1', '2', '3'] }),
      );
      stop();
      await other.publish('4 ✓');
      await vi.waitFor(() => expect(heard['mineToo']).toHaveLength(4));
      expect(heard).toEqual({ mine: ['1', '2', '3'], mineToo: ['1', '2', '3', '4 ✓'], yours: ['1', '2', '3', '4 ✓'] });
    });

    it('arrive only after the call of publish returns', async () => {
      const { store } = await open();
      const heard: string[] = [];
      store.listen({ onMessage: (message) => heard.push(message), onGap: () => undefined });
      const published = store.publish('a message');
      expect(heard).toEqual([]);
      await published;
      await vi.waitFor(() => expect(heard).toEqual(['a message']));
    });

    it('reach the other listeners when one listener throws', async () => {
      const { store } = await open();
      const failed = Promise.withResolvers<unknown>();
      const listenersBefore = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException').once('uncaughtException', failed.resolve);
      onTestFinished(() => {
        process.removeAllListeners('uncaughtException');
        for (const listener of listenersBefore) process.on('uncaughtException', listener);
      });
      const heard: string[] = [];
      store.listen({
        onMessage() {
          throw new Error('a mistake');
        },
        onGap: () => undefined,
      });
      store.listen({ onMessage: (message) => heard.push(message), onGap: () => heard.push('a gap') });
      await store.publish('a message');
      expect(await failed.promise).toMatchObject({ message: 'a mistake' });
      await vi.waitFor(() => expect(heard).toEqual(['a message']));
      expect(store.isReachable()).toBe(true);
    });
  });

  it.each(['{', '}', '{}', '}{', 'a{b}c', '%7B', 'a/b:c d', 'ü✓'])('accepts any key: %s', async (key) => {
    const { store } = await open();
    const fence = await store.lease(key, 'me', LONG_MS);
    await store.append(key, step(null, { fence, record: 'a record' }));
    await store.writeNote(key, 'a note', LONG_MS);
    expect(await store.recordsAfter(key, 'an epoch', 0, 1)).toEqual([{ number: 1, text: 'a record' }]);
    expect(await store.readNote(key)).toBe('a note');
    expect(await store.readLog(`${key}.`)).toBeNull();
    expect(await store.readNote(encodeURIComponent(key))).toBe(encodeURIComponent(key) === key ? 'a note' : null);
  });
});
