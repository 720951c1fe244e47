/** The bearer tokens of callers, kept sealed in the store for later requests on their behalf that carry no token. */
import type { Clock } from './clock.ts';
import { createForgettingCache } from './msgraph/credentials/forgetting-cache.ts';
import type { Seal } from './recordings/seal.ts';
import type { Store } from './store/store.ts';

interface CallerTokenParts {
  readonly store: Store;
  readonly seal: Seal;
  /** The tenant of the callers. Tokens kept for another tenant are not read. */
  readonly tenant: string;
  readonly clock: Clock;
}

export interface CallerTokens {
  /**
   * Keeps a token, once despite repeated calls, until it expires. Resolves with the key for `read`. Rejects with a
   * `StoreError` if the store does not accept it.
   */
  keep(token: string, expiresAtMs: number): Promise<string>;
  /** The token kept under a key; null if it is gone. Rejects with a `StoreError` if the store cannot tell. */
  read(key: string): Promise<string | null>;
}

/** The number of callers for which the key of their token is remembered. */
const REMEMBERED = 1_000;
/** The shortest time between two writes of the same token. Rewriting restores it in a store that has lost it. */
const WRITTEN_AGAIN_MS = 60_000;

/** Creates the token keeper. Replicas that share the store and the sealing key read each other's tokens. */
export function createCallerTokens({ store, seal, tenant, clock }: CallerTokenParts): CallerTokens {
  const remembered = createForgettingCache<{ kept: Promise<string> | null }>({ capacity: REMEMBERED, clock });

  async function write(token: string, leftMs: number): Promise<string> {
    const key = `caller-token:${seal.digest(JSON.stringify(['caller token', tenant]), token)}`;
    // Sealed for this key only, so a writer of the store cannot move one caller's token to another's key.
    await store.writeNote(key, seal.seal(key, token), leftMs);
    return key;
  }

  return {
    async keep(token, expiresAtMs) {
      const writtenAgainAtMs = Math.min(expiresAtMs, clock.now() + WRITTEN_AGAIN_MS);
      const entry = remembered.get(token, writtenAgainAtMs, () => ({ kept: null }));
      entry.kept ??= write(token, Math.max(1, Math.floor(expiresAtMs - clock.now())));
      try {
        return await entry.kept;
      } catch (error) {
        entry.kept = null;
        throw error;
      }
    },
    async read(key) {
      const sealed = await store.readNote(key);
      return sealed === null ? null : seal.open(key, sealed);
    },
  };
}
