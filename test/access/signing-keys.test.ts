import { describe, expect, it } from 'vitest';
import { createSigningKeys } from '../../src/access/signing-keys.ts';
import type { SigningKeys } from '../../src/access/signing-keys.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';

const DAY_MS = 24 * 60 * 60_000;

interface TestKeys {
  readonly entra: Entra;
  readonly clock: DrivenClock;
  readonly keys: SigningKeys;
  /** The number of fetches begun, counted by their timers. */
  readonly fetches: () => number;
  /** The id of the key that is published now. */
  readonly publishedId: () => string;
  /** The errors reported for failed renewals. */
  readonly reported: readonly unknown[];
  /** Resolves with the first of these reports. */
  readonly firstReport: Promise<void>;
}

async function start(
  authorityOf = (entra: Entra): string | undefined => entra.certificateAuthority,
): Promise<TestKeys> {
  const clock = createDrivenClock();
  let fetches = 0;
  const entra = await startEntra({ clock });
  const reported: unknown[] = [];
  const firstReport = Promise.withResolvers<void>();
  const keys = createSigningKeys({
    url: `${entra.authority}/${entra.tenantId}/discovery/v2.0/keys`,
    certificateAuthority: authorityOf(entra),
    clock: {
      ...clock,
      after(delayMs, callback) {
        fetches += 1;
        return clock.after(delayMs, callback);
      },
    },
    onRenewalFailed(error) {
      reported.push(error);
      firstReport.resolve();
    },
  });
  const publishedId = (): string => entra.publicKeys()[0]?.kid ?? '';
  return { entra, clock, keys, fetches: () => fetches, publishedId, reported, firstReport: firstReport.promise };
}

describe('The keys of a tenant', () => {
  it('are fetched once for any number of simultaneous tokens', async () => {
    const { entra, keys, publishedId } = await start();
    const found = await Promise.all(Array.from({ length: 20 }, () => keys.find(publishedId())));
    expect(found.every((key) => key?.publicKey.equals(entra.publicKey()))).toBe(true);
    expect(entra.requests).toHaveLength(1);
  });

  it('are fetched again for an unknown key id, which drops the keys that are no longer published', async () => {
    const { entra, clock, keys, publishedId } = await start();
    const oldId = publishedId();
    await keys.find(oldId);
    await entra.rotateKeys();
    clock.advance(30_000);
    expect(await keys.find(publishedId())).not.toBeNull();
    expect(await keys.find(oldId)).toBeNull();
    expect(entra.requests).toHaveLength(2);
  });

  it('are fetched at most every thirty seconds, so forged key ids cause no further requests', async () => {
    const { entra, clock, keys, publishedId } = await start();
    await keys.find(publishedId());
    for (let count = 0; count < 10; count += 1) expect(await keys.find(`forged-${count}`)).toBeNull();
    expect(entra.requests).toHaveLength(1);
    clock.advance(30_000);
    await Promise.all([keys.find('forged'), keys.find('forged too')]);
    expect(await keys.find('forged')).toBeNull();
    expect(entra.requests).toHaveLength(2);
  });

  it('are renewed in the background after a day', async () => {
    const { entra, clock, keys, publishedId } = await start();
    const oldId = publishedId();
    await keys.find(oldId);
    await entra.rotateKeys();
    clock.advance(DAY_MS - 1);
    expect(await keys.find(oldId)).not.toBeNull();
    expect(entra.requests).toHaveLength(1);
    clock.advance(1);
    expect(await keys.find(oldId)).not.toBeNull();
    // A lookup of an unknown key id waits for the renewal in progress.
    expect(await keys.find(publishedId())).not.toBeNull();
    expect(entra.requests).toHaveLength(2);
  });
});

describe('When the keys cannot be fetched', () => {
  it.each(['down', 'failing'] as const)('because Entra ID is %s, a lookup fails as unavailable', async (behaviour) => {
    const { entra, keys, publishedId } = await start();
    entra.settings.keys = behaviour;
    await expect(keys.find(publishedId())).rejects.toMatchObject({
      name: 'AuthenticationUnavailableError',
      message: 'The token cannot be verified now because the keys of Entra ID cannot be fetched. Retry later.',
    });
    entra.settings.keys = 'up';
    expect(await keys.find(publishedId())).not.toBeNull();
  });

  it('a lookup waits at most five seconds', async () => {
    const { entra, clock, keys, publishedId } = await start();
    entra.settings.keys = 'hanging';
    const key = keys.find(publishedId());
    clock.advance(5_000);
    await expect(key).rejects.toMatchObject({ name: 'AuthenticationUnavailableError' });
  });

  it.each([
    ['no certificate authority is named', () => undefined],
    ['another certificate authority is named', (entra: Entra) => entra.platform.cert],
  ])('because its certificate is not trusted, where %s, no request is sent to Entra ID', async (_what, authorityOf) => {
    const { entra, keys } = await start(authorityOf);
    await expect(keys.find('any')).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    expect(entra.requests).toEqual([]);
  });

  it('the cached keys stay valid, and a failed renewal is reported once', async () => {
    const { entra, clock, keys, fetches, publishedId, reported, firstReport } = await start();
    await keys.find(publishedId());
    entra.settings.keys = 'down';
    clock.advance(DAY_MS);
    expect(await Promise.all([keys.find(publishedId()), keys.find(publishedId())])).not.toContain(null);
    await firstReport;
    expect(await keys.find(publishedId())).not.toBeNull();
    expect(reported).toMatchObject([{ name: 'AuthenticationUnavailableError' }]);
    expect(fetches()).toBe(2);
    clock.advance(30_000);
    expect(await keys.find(publishedId())).not.toBeNull();
    expect(fetches()).toBe(3);
  });

  it('the cached keys are trusted for three days', async () => {
    const { entra, clock, keys, publishedId, firstReport } = await start();
    await keys.find(publishedId());
    entra.settings.keys = 'down';
    clock.advance(3 * DAY_MS - 1);
    expect(await keys.find(publishedId())).not.toBeNull();
    await firstReport;
    clock.advance(1);
    await expect(keys.find(publishedId())).rejects.toMatchObject({ name: 'AuthenticationUnavailableError' });
  });

  it('the lookup of an unknown key id fails as unavailable, while cached keys are still found', async () => {
    const { entra, clock, keys, publishedId } = await start();
    await keys.find(publishedId());
    entra.settings.keys = 'down';
    clock.advance(30_000);
    await expect(keys.find('another')).rejects.toMatchObject({ name: 'AuthenticationUnavailableError' });
    expect(await keys.find(publishedId())).not.toBeNull();
  });
});
