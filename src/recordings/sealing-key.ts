/** The sealing key that replicas agree on if none is configured. */
import { randomBytes } from 'node:crypto';
import type { Store } from '../store/store.ts';

const KEY = 'sealing-key';

/** A note must expire: this one in a hundred years. */
const FOR_GOOD_MS = 100 * 365 * 24 * 60 * 60_000;

/** Gets the same key in all replicas that call this concurrently: the first one creates it. */
async function agree(store: Pick<Store, 'append' | 'readLog'>): Promise<string> {
  const found = await store.readLog(KEY);
  if (found !== null) return found.state;
  const log = await store.append(KEY, {
    after: null,
    fence: null,
    epoch: 'one',
    state: randomBytes(32).toString('base64'),
    record: null,
    names: [],
  });
  // Another replica was faster and has created it.
  return typeof log === 'string' ? agree(store) : log.state;
}

/**
 * Gets a random key that is the same for every replica of a store, if none is configured. The store keeps it
 * permanently. Anyone who can read the store can read it. Rejects as the store does.
 */
export async function agreeOnSealingKey(
  store: Pick<Store, 'append' | 'readLog' | 'readNote' | 'writeNote'>,
): Promise<Buffer> {
  const kept = await store.readNote(KEY);
  const key = kept ?? (await agree(store));
  // A log expires when nothing is appended for a while.
  if (kept === null) await store.writeNote(KEY, key, FOR_GOOD_MS);
  return Buffer.from(key, 'base64');
}
