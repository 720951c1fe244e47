/**
 * The public keys with which one tenant's tokens are signed, kept and renewed:
 * https://learn.microsoft.com/en-us/entra/identity-platform/signing-key-rollover
 */
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import { AuthenticationUnavailableError } from './error.ts';

export interface SigningKeysOptions {
  /** Where the keys are published, as a JSON Web Key Set. */
  readonly url: string;
  /** A certificate authority to trust beside the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  readonly clock: Clock;
  /** Told when the keys could not be renewed in the background: those that are kept still serve. */
  readonly onRenewalFailed: (error: unknown) => void;
}

export interface SigningKeys {
  /**
   * Finds the key with an id; null when none is published. Rejects with an `AuthenticationUnavailableError` when that
   * cannot be told, because the keys could not be fetched.
   */
  find(id: string): Promise<KeyObject | null>;
}

/** From this age on the keys are renewed in the background. */
const RENEW_AFTER_MS = 24 * 60 * 60_000;
/** Keys of this age are trusted no more: one may have been withdrawn since. */
const UNUSABLE_AFTER_MS = 3 * RENEW_AFTER_MS;
/** While there are keys they are asked for at most this often, so that forged ids cost nothing. */
const RENEWAL_PAUSE_MS = 30_000;
const FETCH_TIMEOUT_MS = 5_000;
const MAX_RESPONSE_BYTES = 1_024 * 1_024;

// https://www.rfc-editor.org/rfc/rfc7517#section-5: a key of a kind that is not understood is no fault of the set.
const keySet = z.object({
  keys: z.array(
    z
      .object({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string() })
      .nullable()
      .catch(null),
  ),
});

/** Creates the keys of one tenant, which are fetched when first needed. */
export function createSigningKeys({
  url,
  certificateAuthority,
  clock,
  onRenewalFailed,
}: SigningKeysOptions): SigningKeys {
  const dispatcher = new Agent({
    // The next request is a day away, so that no connection is kept.
    pipelining: 0,
    maxResponseSize: MAX_RESPONSE_BYTES,
    // The list takes the place of the usual authorities.
    connect: certificateAuthority === undefined ? {} : { ca: [...getCACertificates('default'), certificateAuthority] },
  });
  let current: { keys: ReadonlyMap<string, KeyObject>; fetchedAtMs: number } | null = null;
  let fetching: Promise<void> | null = null;
  let noRenewalBeforeMs = -Infinity;

  async function readKeys(signal: AbortSignal): Promise<ReadonlyMap<string, KeyObject>> {
    const { statusCode, body } = await request(url, { dispatcher, signal });
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`Expected the signing keys at ${url}, but the answer was ${statusCode}.`);
    }
    const { keys } = keySet.parse(await body.json());
    return new Map(
      keys
        .filter((key) => key !== null)
        .map(({ kid, ...key }) => [kid, createPublicKey({ key: { ...key }, format: 'jwk' })] as const),
    );
  }

  async function fetchKeys(): Promise<void> {
    const controller = new AbortController();
    const cancelTimeout = clock.after(FETCH_TIMEOUT_MS, () =>
      controller.abort(new Error(`No signing keys came from ${url} within ${FETCH_TIMEOUT_MS} ms.`)),
    );
    try {
      current = { keys: await readKeys(controller.signal), fetchedAtMs: clock.steadyMs() };
    } catch (cause) {
      throw new AuthenticationUnavailableError(
        'The token cannot be verified now, because the keys of Entra ID cannot be fetched. Try again later.',
        { cause },
      );
    } finally {
      cancelTimeout();
      noRenewalBeforeMs = clock.steadyMs() + RENEWAL_PAUSE_MS;
      fetching = null;
    }
  }

  function fetchOnce(): Promise<void> {
    fetching ??= fetchKeys();
    return fetching;
  }

  return {
    async find(id) {
      const now = clock.steadyMs();
      if (current === null || now >= current.fetchedAtMs + UNUSABLE_AFTER_MS) await fetchOnce();
      else if (fetching === null && now >= current.fetchedAtMs + RENEW_AFTER_MS && now >= noRenewalBeforeMs) {
        // In the background: an outage of Entra ID is survived with the keys that are kept.
        fetchOnce().catch(onRenewalFailed);
      }
      const key = current?.keys.get(id);
      if (key !== undefined) return key;
      // Entra ID may have begun to sign with a key that is newer than those that are kept.
      if (clock.steadyMs() >= noRenewalBeforeMs) await fetchOnce();
      return current?.keys.get(id) ?? null;
    },
  };
}
