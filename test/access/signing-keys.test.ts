import { describe, expect, it } from 'vitest';
import { createSigningKeys } from '../../src/access/signing-keys.ts';
import type { SigningKeys } from '../../src/access/signing-keys.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';

const DAY_MS = 24 * 60 * 60_000;

interface TestKeys {
  readonly entra: Entra;
  readonly clock: DrivenClock;
  readonly keys: SigningKeys;
  /** How often a fetch has begun, each with its time limit. */
  readonly fetches: () => number;
  /** The id of the key that is published now. */
  readonly publishedId: () => string;
  /** What has been told of renewals that failed. */
  readonly reported: readonly unknown[];
  /** Resolves with the first of those. */
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
  it('are fetched once, however many tokens come at a time', async () => {
    const { entra, keys, publishedId } = await start();
    const found = await Promise.all(Array.from({ length: 20 }, () => keys.find(publishedId())));
    expect(found.every((key) => key?.equals(entra.publicKey()))).toBe(true);
    expect(entra.requests).toHaveLength(1);
  });

  it('are fetched anew for a key that is not known, and then the old one is known no more', async () => {
    const { entra, clock, keys, publishedId } = await start();
    const oldId = publishedId();
    await keys.find(oldId);
    await entra.rotateKeys();
    clock.advance(30_000);
    expect(await keys.find(publishedId())).not.toBeNull();
    expect(await keys.find(oldId)).toBeNull();
    expect(entra.requests).toHaveLength(2);
  });

  it('are asked for at most every thirty seconds, so that forged ids cost nothing', async () => {
    const { entra, clock, keys, publishedId } = await start();
    await keys.find(publishedId());
    for (let count = 0; count < 10; count += 1) expect(await keys.find(`forged-${count}`)).toBeNull();
    expect(entra.requests).toHaveLength(1);
    clock.advance(30_000);
    await Promise.all([keys.find('forged'), keys.find('forged too')]);
    expect(await keys.find('forged')).toBeNull();
    expect(entra.requests).toHaveLength(2);
  });

  it('are renewed after a day, in the background', async () => {
    const { entra, clock, keys, publishedId } = await start();
    const oldId = publishedId();
    await keys.find(oldId);
    await entra.rotateKeys();
    clock.advance(DAY_MS - 1);
    expect(await keys.find(oldId)).not.toBeNull();
    expect(entra.requests).toHaveLength(1);
    clock.advance(1);
    expect(await keys.find(oldId)).not.toBeNull();
    // Whoever has a key that is not known waits for the renewal that is under way.
    expect(await keys.find(publishedId())).not.toBeNull();
    expect(entra.requests).toHaveLength(2);
  });
});

describe('When the keys cannot be fetched', () => {
  it.each(['down', 'failing'] as const)('because Entra ID is %s, that is no fault of the caller', async (behaviour) => {
    const { entra, keys, publishedId } = await start();
    entra.settings.keys = behaviour;
    await expect(keys.find(publishedId())).rejects.toMatchObject({
      name: 'AuthenticationUnavailableError',
      message: 'The token cannot be verified now, because the keys of Entra ID cannot be fetched. Try again later.',
    });
    entra.settings.keys = 'up';
    expect(await keys.find(publishedId())).not.toBeNull();
  });

  it('nobody waits longer than five seconds', async () => {
    const { entra, clock, keys, publishedId } = await start();
    entra.settings.keys = 'hanging';
    const key = keys.find(publishedId());
    clock.advance(5_000);
    await expect(key).rejects.toMatchObject({ name: 'AuthenticationUnavailableError' });
  });

  it.each([
    ['no certificate authority is named', () => undefined],
    ['another certificate authority is named', (entra: Entra) => entra.platform.cert],
  ])('because its certificate is not trusted, where %s, nothing is asked of Entra ID', async (_what, authorityOf) => {
    const { entra, keys } = await start(authorityOf);
    await expect(keys.find('any')).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    expect(entra.requests).toEqual([]);
  });

  it('those that are kept still serve, which is reported once for each try', async () => {
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

  it('those that are kept are trusted for three days', async () => {
    const { entra, clock, keys, publishedId, firstReport } = await start();
    await keys.find(publishedId());
    entra.settings.keys = 'down';
    clock.advance(3 * DAY_MS - 1);
    expect(await keys.find(publishedId())).not.toBeNull();
    await firstReport;
    clock.advance(1);
    await expect(keys.find(publishedId())).rejects.toMatchObject({ name: 'AuthenticationUnavailableError' });
  });

  it('whether a key that is not known is good cannot be told', async () => {
    const { entra, clock, keys, publishedId } = await start();
    await keys.find(publishedId());
    entra.settings.keys = 'down';
    clock.advance(30_000);
    await expect(keys.find('another')).rejects.toMatchObject({ name: 'AuthenticationUnavailableError' });
    expect(await keys.find(publishedId())).not.toBeNull();
  });
});
