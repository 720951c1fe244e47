/**
 * What Graph has answered, kept for a short time: for one credential, and never for another. In the memory of the process, and
 * where replicas share a store, there too, so that nobody who reads the store can read or make it. Who may see it is not
 * decided here: whoever asks has to have been let by the policy.
 */
import { z } from 'zod';
import type { Clock } from '../msgraph/clock.ts';
import { pathKey } from '../msgraph/path.ts';
import { unlessAborted } from '../msgraph/unless-aborted.ts';
import type { Store } from '../store/store.ts';
import { createNewest } from '../newest.ts';
import type { Seal } from './seal.ts';

/** As whom Graph is asked. */
export interface Credential {
  /** Tells it from every other, in every cloud and tenant. It may be a secret, so that it goes nowhere but into a digest. */
  readonly name: string;
  /** Until when it is good, in milliseconds since the epoch. */
  readonly endsAtMs: number;
}

/** What is kept. */
export type CachedResource = 'onlineMeeting' | 'user';

/** What is asked, and how it is had where it is not kept. */
export interface Question {
  readonly credential: Credential;
  readonly resource: CachedResource;
  /** Where Graph has it, with what is selected. */
  readonly path: string;
  /** Who no longer waits for an answer. */
  readonly signal: AbortSignal;
  /** Asks Graph. Null, and whatever it rejects with, is not kept. */
  readonly load: () => Promise<unknown>;
  /** Throws when a body is not of the resource. Such a body is not kept, and not taken from the store. */
  readonly check: (body: unknown) => unknown;
}

/** A body that Graph has answered. It is shared, and never changed. */
export interface Kept {
  readonly body: unknown;
  /** Until when it may be answered, in milliseconds of the steady clock. */
  readonly untilMs: number;
}

export interface Cache {
  /** Answers with what is kept, or loads it. Null when there is none. Rejects as `load` and `check` do, and when the signal aborts. */
  read(question: Question): Promise<Kept | null>;
}

export interface CacheOptions {
  /** How long a body is kept after Graph has answered with it. */
  readonly ttlMs: number;
  readonly seal: Seal;
  /** Where replicas share what they keep; null where there are none. */
  readonly store: Pick<Store, 'isReachable' | 'readNote' | 'writeNote'> | null;
  readonly clock: Clock;
  readonly onRead?: ((resource: CachedResource, outcome: 'hit' | 'miss') => void) | undefined;
  /** Told when the store could not be asked in time, or not told. What was asked is loaded then as if nothing were kept. */
  readonly onStoreFailed?: (() => void) | undefined;
}

/** So many bodies are kept in memory, those that were asked for last: some 10 MB of meetings. */
const BODIES_KEPT = 2_000;
/** A longer wait for the store would cost more than Graph does. */
const STORE_PATIENCE_MS = 250;

/** A body in the store: when it ends in milliseconds since the epoch, for whoever can write there could bring it back later. */
const note = z.object({ untilMs: z.number(), body: z.unknown() });

/** Creates a cache that is empty but for what the store has. */
export function createCache({ ttlMs, seal, store, clock, onRead, onStoreFailed }: CacheOptions): Cache {
  const kept = createNewest<Kept>(BODIES_KEPT);
  const scopes = new WeakMap<Credential, string>();
  /** What is looked for in the store, so that each process looks once for all who ask. */
  const lookups = new Map<string, Promise<Kept | null>>();

  function scopeOf(credential: Credential): string {
    const scope = scopes.get(credential) ?? seal.digest('cache of', credential.name);
    scopes.set(credential, scope);
    return scope;
  }

  function find(key: string): Kept | null {
    const found = kept.get(key);
    return found !== undefined && clock.steadyMs() < found.untilMs ? found : null;
  }

  /** Under what a body is kept in the store, and for what alone it is sealed. */
  const noteKey = (key: string): string => `cache:${seal.digest('cache', key)}`;

  async function readStore(key: string, { check }: Question): Promise<Kept | null> {
    if (store?.isReachable() !== true) return null;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = clock.after(STORE_PATIENCE_MS, () => reject(new Error('The store takes too long for a cache.')));
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

  /** Looks in the store, once for all who ask at the same time. What is found is kept here too, unless something newer is. */
  function lookUp(key: string, question: Question): Promise<Kept | null> {
    const lookup =
      lookups.get(key) ??
      readStore(key, question).then((found) => {
        lookups.delete(key);
        // Who looked before this one may have had an answer from Graph since.
        const known = find(key);
        if (known !== null || found === null) return known;
        kept.set(key, found);
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

  function keep(key: string, body: unknown, { endsAtMs }: Credential): Kept {
    // Whoever shared the request has kept it already.
    const known = find(key);
    if (known !== null && known.body === body) return known;
    const leftMs = Math.floor(Math.min(ttlMs, endsAtMs - clock.now()));
    const entry = { body, untilMs: clock.steadyMs() + leftMs };
    if (leftMs > 0) {
      kept.set(key, entry);
      void writeStore(key, body, leftMs);
    }
    return entry;
  }

  return {
    async read(question) {
      const { credential, resource, path, signal, load, check } = question;
      const key = `${scopeOf(credential)} ${pathKey(path)}`;
      const found = find(key) ?? (store && (await unlessAborted(lookUp(key, question), signal)));
      onRead?.(resource, found === null ? 'miss' : 'hit');
      if (found !== null) return found;
      const body = await load();
      if (body === null) return null;
      check(body);
      return keep(key, body, credential);
    },
  };
}
