import { X509Certificate, createDecipheriv, createHmac, privateDecrypt } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { generate } from 'selfsigned';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import { applicationToken, at, items, send, startEmulator, textAt } from './graph-client.ts';
import type { Reply } from './graph-client.ts';
import { startNotificationEndpoint } from './notification-endpoint.ts';
import type { NotificationEndpoint } from './notification-endpoint.ts';

const nowMs = Date.parse('2026-11-16T08:00:00Z');

interface Subscribed {
  readonly emulator: Emulator;
  readonly endpoint: NotificationEndpoint;
  readonly created: Reply;
  /** The notifications of this many new recordings. */
  readonly notifications: (count: number) => Promise<readonly unknown[]>;
}

/** The base64 of a certificate in PEM. */
function base64Of(pem: string): string {
  return new X509Certificate(pem).raw.toString('base64');
}

/** Subscribes with resource data for a certificate of the tests; `given` overrides members. */
async function subscribe(given: Readonly<Record<string, unknown>> = {}): Promise<Subscribed> {
  const emulator = await startEmulator({ now: () => nowMs, tenant: { users: 1, meetings: 1, recordings: 0 } });
  const endpoint = await startNotificationEndpoint();
  const { certificate } = await createEntraIdentity();
  const created = await send(emulator, '/v1.0/subscriptions', {
    method: 'POST',
    authorization: applicationToken(['OnlineMeetingRecording.Read.All'], { appid: 'an application' }),
    body: {
      changeType: 'created',
      resource: 'communications/onlineMeetings/getAllRecordings',
      expirationDateTime: new Date(nowMs + 60_000).toISOString(),
      notificationUrl: endpoint.url,
      clientState: 'secret',
      includeResourceData: true,
      encryptionCertificate: base64Of(certificate.cert),
      encryptionCertificateId: 'of this year',
      ...given,
    },
  });
  return {
    emulator,
    endpoint,
    created,
    async notifications(count) {
      for (let made = 0; made < count; made += 1) emulator.addRecording();
      return (await endpoint.arrived(count + 1)).slice(1).map(({ body }) => body);
    },
  };
}

/** The encrypted content of a notification, under either of its names. */
function contentOf(notification: unknown): unknown {
  const [item] = items(notification);
  return at(item, 'encryptedContent') ?? at(item, 'EncryptedContent');
}

/** Verifies the signature and decrypts as Microsoft documents; undefined when the signature does not match. */
async function decrypt(content: unknown): Promise<unknown> {
  const { certificate } = await createEntraIdentity();
  const bytesAt = (name: string): Buffer => Buffer.from(textAt(content, name), 'base64');
  const key = privateDecrypt({ key: certificate.private, oaepHash: 'sha1' }, bytesAt('dataKey'));
  if (!createHmac('sha256', key).update(bytesAt('data')).digest().equals(bytesAt('dataSignature'))) return undefined;
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
  return JSON.parse(Buffer.concat([decipher.update(bytesAt('data')), decipher.final()]).toString());
}

it('creates a subscription with resource data, without repeating the certificate', async () => {
  const { created } = await subscribe();
  expect(created).toMatchObject({
    status: 201,
    body: { includeResourceData: true, encryptionCertificate: null, encryptionCertificateId: 'of this year' },
  });
});

it.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['no certificate', { encryptionCertificate: undefined }, 'are required'],
  ['an empty certificate', { encryptionCertificate: '' }, 'are required'],
  ['a certificate without an id', { encryptionCertificateId: null }, 'are required'],
  ['an invalid certificate', { encryptionCertificate: 'bm8gY2VydGlmaWNhdGU=' }, 'X.509'],
])('refuses to encrypt for %s', async (_what, given, sentence) => {
  const { created } = await subscribe(given);
  expect(created.status).toBe(400);
  expect(textAt(created.body, 'error', 'message')).toContain(sentence);
});

it.each([{ keyType: 'ec' }, { keySize: 1_024 }] as const)('refuses a key of %o', async (options) => {
  const { cert } = await generate([{ name: 'commonName', value: 'test' }], options);
  const { created } = await subscribe({ encryptionCertificate: base64Of(cert) });
  expect(textAt(created.body, 'error', 'message')).toContain('2048 to 4096 bits');
});

it('sends the recording encrypted and signed, under one of two names, each with another key', async () => {
  const { emulator, notifications } = await subscribe();
  const sent = await notifications(6);
  const names = sent.map((notification) =>
    ['encryptedContent', 'EncryptedContent'].find((name) => at(items(notification)[0], name) !== undefined),
  );
  expect(new Set(names)).toEqual(new Set(['encryptedContent', 'EncryptedContent']));
  for (const notification of sent) {
    const recording = await decrypt(contentOf(notification));
    expect(recording).toMatchObject({
      id: textAt(items(notification)[0], 'resourceData', 'id'),
      meetingId: emulator.tenant.meetings[0]?.id,
      meetingOrganizer: { user: { id: emulator.tenant.users[0]?.id } },
      recordingContentUrl: expect.any(String),
    });
    expect(contentOf(notification)).toMatchObject({ encryptionCertificateId: 'of this year' });
  }
  expect(new Set(sent.map((notification) => textAt(contentOf(notification), 'dataKey'))).size).toBe(6);
});

it('sends a validation token for the application, signed with a key that it publishes', async () => {
  const { emulator, notifications } = await subscribe();
  const [notification] = await notifications(1);
  const token = textAt(notification, 'validationTokens', 0);
  const keys = await fetch(`${emulator.url}/common/discovery/v2.0/keys`);
  const { payload } = await jwtVerify(token, createLocalJWKSet(await keys.json()), { currentDate: new Date(nowMs) });
  expect(payload).toMatchObject({
    aud: 'an application',
    iss: `https://sts.windows.net/${emulator.tenant.id}/`,
    appid: '0bf30f3b-4a52-48df-9a82-234910c4a086',
    tid: emulator.tenant.id,
    nbf: nowMs / 1_000,
    exp: nowMs / 1_000 + 8 * 60 * 60,
    ver: '1.0',
  });
});

it('sends neither content nor tokens when they were not requested', async () => {
  const { notifications } = await subscribe({ includeResourceData: false });
  const [notification] = await notifications(1);
  expect(contentOf(notification)).toBeUndefined();
  expect(at(notification, 'validationTokens')).toBeUndefined();
});

it('forges only the configured part', async () => {
  const { emulator, endpoint } = await subscribe();
  const forgeries = [null, 'clientState', 'data', 'publisher'] as const;
  const seen: unknown[] = [];
  for (const [index, forgery] of forgeries.entries()) {
    emulator.settings.forgery = forgery;
    emulator.addRecording();
    const body = (await endpoint.arrived(index + 2)).at(-1)?.body;
    seen.push([
      at(items(body)[0], 'clientState') === 'secret',
      (await decrypt(contentOf(body))) !== undefined,
      decodeJwt(textAt(body, 'validationTokens', 0))['appid'] === '0bf30f3b-4a52-48df-9a82-234910c4a086',
    ]);
  }
  expect(seen).toEqual([
    [true, true, true],
    [false, true, true],
    [true, false, true],
    [true, true, false],
  ]);
});
