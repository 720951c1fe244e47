/**
 * The public keys that verify one tenant's tokens, cached and renewed:
 * https://learn.microsoft.com/en-us/entra/identity-platform/signing-key-rollover
 */
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { alsoTrusting } from '../certificate-authorities.ts';
import type { Clock } from '../clock.ts';
import { AuthenticationUnavailableError } from './error.ts';

export interface SigningKeysOptions {
  /** The URL of the JSON Web Key Set. */
  readonly url: string;
  /** A certificate authority to trust in addition to the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
  readonly clock: Clock;
  /** Called when the keys could not be renewed in the background; the cached keys stay in use. */
  readonly onRenewalFailed: (error: unknown) => void;
}

/** A key with which Entra ID signs. */
export interface SigningKey {
  readonly publicKey: KeyObject;
  /**
   * The issuer whose tokens it signs, in which `{tenantid}` stands for any tenant; null if none is published.
   * https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-the-signing-key-issuer
   */
  readonly issuer: string | null;
}

export interface SigningKeys {
  /**
   * Finds the key with an id; null when none is published. Rejects with an `AuthenticationUnavailableError` when the
   * keys could not be fetched.
   */
  find(id: string): Promise<SigningKey | null>;
}

/** Keys of at least this age are renewed in the background. */
const RENEW_AFTER_MS = 24 * 60 * 60_000;
/** Keys of at least this age are no longer trusted, because one may have been revoked. */
const UNUSABLE_AFTER_MS = 3 * RENEW_AFTER_MS;
/** The shortest time between renewals while there are usable keys, so that forged key ids cause no requests. */
const RENEWAL_PAUSE_MS = 30_000;
const FETCH_TIMEOUT_MS = 5_000;
const MAX_RESPONSE_BYTES = 1_024 * 1_024;

// https://www.rfc-editor.org/rfc/rfc7517#section-5: a key of an unknown kind does not make the set invalid.
const keySet = z.object({
  keys: z.array(
    z
      .object({
        kty: z.literal('RSA'),
        kid: z.string(),
        n: z.string(),
        e: z.string(),
        issuer: z.string().nullable().default(null),
      })
      .nullable()
      .catch(null),
  ),
});

/** Creates the `SigningKeys` of one tenant. The keys are fetched when first needed. */
export function createSigningKeys({
  url,
  certificateAuthority,
  clock,
  onRenewalFailed,
}: SigningKeysOptions): SigningKeys {
  const dispatcher = new Agent({
    // The next request is a day away, so keeping a connection is useless.
    pipelining: 0,
    maxResponseSize: MAX_RESPONSE_BYTES,
    connect: alsoTrusting(certificateAuthority),
  });
  let current: { keys: ReadonlyMap<string, SigningKey>; fetchedAtMs: number } | null = null;
  let fetching: Promise<void> | null = null;
  let noRenewalBeforeMs = -Infinity;

  async function readKeys(signal: AbortSignal): Promise<ReadonlyMap<string, SigningKey>> {
    const { statusCode, body } = await request(url, { dispatcher, signal });
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`Expected the signing keys at ${url}, but the server responded with ${statusCode}.`);
    }
    const { keys } = keySet.parse(await body.json());
    return new Map(
      keys
        .filter((key) => key !== null)
        .map(({ kid, issuer, ...key }) => {
          const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
          return [kid, { publicKey, issuer }] as const;
        }),
    );
  }

  async function fetchKeys(): Promise<void> {
    const controller = new AbortController();
    const cancelTimeout = clock.after(FETCH_TIMEOUT_MS, () =>
      controller.abort(new Error(`The signing keys at ${url} did not arrive within ${FETCH_TIMEOUT_MS} ms.`)),
    );
    try {
      current = { keys: await readKeys(controller.signal), fetchedAtMs: clock.steadyMs() };
    } catch (cause) {
      throw new AuthenticationUnavailableError(
        'The token cannot be verified now because the keys of Entra ID cannot be fetched. Retry later.',
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
        // In the background, so that the cached keys bridge an outage of Entra ID.
        fetchOnce().catch(onRenewalFailed);
      }
      const key = current?.keys.get(id);
      if (key !== undefined) return key;
      // Entra ID may already sign with a key that is newer than the cached ones.
      if (clock.steadyMs() >= noRenewalBeforeMs) await fetchOnce();
      return current?.keys.get(id) ?? null;
    },
  };
}
