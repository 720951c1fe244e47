import { randomBytes } from 'node:crypto';
import type { Store } from '../store/store.ts';

const LOG_KEY = 'sealing-key';

/**
 * A random key that is the same for every replica of a store, for where nobody has configured one: the first makes it, and a
 * store that is asked for it within its retention still has it. Whoever can read the store can read it. Rejects as the
 * store does.
 */
export async function agreeOnSealingKey(store: Pick<Store, 'append' | 'readLog'>): Promise<Buffer> {
  const found = await store.readLog(LOG_KEY);
  const log = await store.append(LOG_KEY, {
    // With the same state once more it is kept for longer.
    after: found,
    fence: null,
    epoch: 'one',
    state: found?.state ?? randomBytes(32).toString('base64'),
    record: null,
    names: [],
  });
  // Another replica was faster, and has made it.
  return typeof log === 'string' ? agreeOnSealingKey(store) : Buffer.from(log.state, 'base64');
}
