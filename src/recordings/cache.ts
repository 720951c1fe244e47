/**
 * The cache of Graph's responses: for a short time, for one credential each, in memory and, if replicas share a store,
 * there too. Readers of the store can neither read nor forge an entry. Access is not decided here: the policy has to
 * admit every caller before.
 */
import { z } from 'zod';
import { unlessAborted } from '../abort.ts';
import type { Clock } from '../clock.ts';
import { createLruCache } from '../lru-cache.ts';
import { pathKey } from '../msgraph/path.ts';
import type { Store } from '../store/store.ts';
import type { Seal } from './seal.ts';

/** The identity used at Graph. */
export interface Credential {
  /** Unique across all clouds and tenants. It may be a secret, so that it is used only in a digest. */
  readonly name: string;
  /** When it expires, in milliseconds since the epoch. */
  readonly endsAtMs: number;
}

/** Cached kinds. */
export type CachedResource = 'onlineMeeting' | 'user';

/** A read of the cache, and how to load the body on a miss. */
export interface CacheRead {
  readonly credential: Credential;
  readonly resource: CachedResource;
  /** Its path at Graph, with `$select`. */
  readonly path: string;
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal;
  /** Calls Graph. Null and rejections are not cached. */
  readonly load: () => Promise<unknown>;
  /** Throws when a body is not of the resource. It is then not cached, nor taken from the store. */
  readonly check: (body: unknown) => unknown;
}

/** A cache entry. The body is shared, and never changed. */
export interface CacheEntry {
  readonly body: unknown;
  /** When it expires, in milliseconds of the steady clock. */
  readonly untilMs: number;
}

export interface Cache {
  /** Returns the cached entry, or loads it. Null if there is none. Rejects as `load` and `check` do, and on abort. */
  read(cacheRead: CacheRead): Promise<CacheEntry | null>;
}

export interface CacheOptions {
  /** How long a body is cached after Graph returned it. */
  readonly ttlMs: number;
  readonly seal: Seal;
  /** The store in which replicas share entries; null if none. */
  readonly store: Pick<Store, 'isReachable' | 'readNote' | 'writeNote'> | null;
  readonly clock: Clock;
  readonly onRead?: ((resource: CachedResource, outcome: 'hit' | 'miss') => void) | undefined;
  /** Called when a read of the store failed or took too long, or a write failed. Such a read is a miss. */
  readonly onStoreFailed?: (() => void) | undefined;
}

/** The most bodies in memory, the most recently used: some 10 MB of meetings. */
const MOST_BODIES = 2_000;
/** A longer wait for the store would cost more than Graph does. */
const STORE_PATIENCE_MS = 250;

/** A body in the store, and its end in milliseconds since the epoch: a writer of the store could restore it later. */
const note = z.object({ untilMs: z.number(), body: z.unknown() });

/** Creates a cache that has only the store's entries. */
export function createCache({ ttlMs, seal, store, clock, onRead, onStoreFailed }: CacheOptions): Cache {
  const entries = createLruCache<CacheEntry>(MOST_BODIES);
  const scopes = new WeakMap<Credential, string>();
  /** The reads of the store in progress: one per key, for all callers of this process. */
  const lookups = new Map<string, Promise<CacheEntry | null>>();

  function scopeOf(credential: Credential): string {
    const scope = scopes.get(credential) ?? seal.digest('cache of', credential.name);
    scopes.set(credential, scope);
    return scope;
  }

  function find(key: string): CacheEntry | null {
    const found = entries.get(key);
    return found !== undefined && clock.steadyMs() < found.untilMs ? found : null;
  }

  /** The key of a body in the store, and the purpose of its seal. */
  const noteKey = (key: string): string => `cache:${seal.digest('cache', key)}`;

  async function readStore(key: string, { check }: CacheRead): Promise<CacheEntry | null> {
    if (store?.isReachable() !== true) return null;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = clock.after(STORE_PATIENCE_MS, () => reject(new Error('The store is too slow for a cache.')));
    try {
      const name = noteKey(key);
      const sealed = await Promise.race([store.readNote(name), late]);
      const text = sealed === null ? null : seal.open(name, sealed);
      if (text === null) return null;
      const { untilMs, body } = note.parse(JSON.parse(text));
      const leftMs = Math.min(untilMs - clock.now(), ttlMs);
      check(body);
      return leftMs > 0 ? { body, untilMs: clock.steadyMs() + leftMs } : null;
    } catch {
      onStoreFailed?.();
      return null;
    } finally {
      cancel();
    }
  }

  /** Reads the store, once for all callers at the same time. The result is cached here too, unless a newer one is. */
  function lookUp(key: string, cacheRead: CacheRead): Promise<CacheEntry | null> {
    const lookup =
      lookups.get(key) ??
      readStore(key, cacheRead).then((found) => {
        lookups.delete(key);
        // An earlier caller may have received Graph's response since.
        const known = find(key);
        if (known !== null || found === null) return known;
        entries.set(key, found);
        return found;
      });
    lookups.set(key, lookup);
    return lookup;
  }

  async function writeStore(key: string, body: unknown, leftMs: number): Promise<void> {
    if (store?.isReachable() !== true) return;
    const name = noteKey(key);
    try {
      const text = JSON.stringify({ untilMs: clock.now() + leftMs, body } satisfies z.input<typeof note>);
      await store.writeNote(name, seal.seal(name, text), leftMs);
    } catch {
      onStoreFailed?.();
    }
  }

  function addEntry(key: string, body: unknown, { endsAtMs }: Credential): CacheEntry {
    // A caller of the same request has cached it.
    const known = find(key);
    if (known !== null && known.body === body) return known;
    const leftMs = Math.floor(Math.min(ttlMs, endsAtMs - clock.now()));
    const entry = { body, untilMs: clock.steadyMs() + leftMs };
    if (leftMs > 0) {
      entries.set(key, entry);
      void writeStore(key, body, leftMs);
    }
    return entry;
  }

  return {
    async read(cacheRead) {
      const { credential, resource, path, signal, load, check } = cacheRead;
      const key = `${scopeOf(credential)} ${pathKey(path)}`;
      const found = find(key) ?? (store && (await unlessAborted(lookUp(key, cacheRead), signal)));
      onRead?.(resource, found === null ? 'miss' : 'hit');
      if (found !== null) return found;
      const body = await load();
      if (body === null) return null;
      check(body);
      return addEntry(key, body, credential);
    },
  };
}
