/** The tokens of callers, which wait in the store, sealed, for who comes later in the caller's name and without one. */
import type { Clock } from './msgraph/clock.ts';
import { createForgettingCache } from './msgraph/forgetting-cache.ts';
import type { Seal } from './recordings/seal.ts';
import type { Store } from './store/store.ts';

interface CallerTokenParts {
  readonly store: Store;
  readonly seal: Seal;
  /** Whose callers they are. Nothing that was kept for another tenant is read. */
  readonly tenant: string;
  readonly clock: Clock;
}

export interface CallerTokens {
  /**
   * Keeps a token once, however often it is called, for as long as the token is good. Resolves with the key under which it
   * is read; rejects with a `StoreError` when the store does not take it.
   */
  keep(token: string, expiresAtMs: number): Promise<string>;
  /** The token that is kept under a key; null where there is none any more. Rejects with a `StoreError` when that cannot be told. */
  read(key: string): Promise<string | null>;
}

/** Of so many callers it is remembered where their tokens are. */
const REMEMBERED = 1_000;
/** So often, at most, a token is written that is kept already: a store that has lost it has it again. */
const WRITTEN_AGAIN_MS = 60_000;

/** Creates what keeps tokens. Replicas that share the store and the key of the seal read what one of them has kept. */
export function createCallerTokens({ store, seal, tenant, clock }: CallerTokenParts): CallerTokens {
  const purpose = JSON.stringify(['caller token', tenant]);
  const remembered = createForgettingCache<{ kept: Promise<string> | null }>({ capacity: REMEMBERED, clock });

  async function write(token: string, leftMs: number): Promise<string> {
    const key = `caller-token:${seal.digest(purpose, token)}`;
    await store.writeNote(key, seal.seal(purpose, token), leftMs);
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
      return sealed === null ? null : seal.open(purpose, sealed);
    },
  };
}
