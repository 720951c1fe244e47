import crypto, { X509Certificate, createPrivateKey } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { generate } from 'selfsigned';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { decryptContent, readEncryptionCertificate } from '../../src/msgraph/notifications/encrypted-content.ts';
import type { EncryptedContent, EncryptionCertificate } from '../../src/msgraph/notifications/encrypted-content.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import { flipped, seal } from '../support/resource-data.ts';

const RECORDING = { id: 'a recording', meetingOrganizer: { user: { displayName: 'Zoë Ĳsbrandt' } } };

/** A PEM file of these parts. */
function pemOf(...parts: readonly (string | Buffer)[]): string {
  return parts.join('\n');
}

interface Certificates {
  /** The certificate that new subscriptions use, and the previous one. */
  readonly current: EncryptionCertificate & { readonly pem: string };
  readonly former: EncryptionCertificate & { readonly pem: string };
}

async function readCertificates(): Promise<Certificates> {
  const { certificate, platform } = await createEntraIdentity();
  return {
    current: { ...readEncryptionCertificate(pemOf(certificate.cert, certificate.private)), pem: certificate.cert },
    former: { ...readEncryptionCertificate(pemOf(platform.private, platform.cert)), pem: platform.cert },
  };
}

function sealed(
  { pem, id }: { readonly pem: string; readonly id: string },
  text = JSON.stringify(RECORDING),
): EncryptedContent & { dataSignature: string } {
  return seal({ certificate: pem, id, text });
}

describe('An encryption certificate', () => {
  it('is read with its key, in either order, as the first of a chain', async () => {
    const { certificate: one, platform: other } = await createEntraIdentity();
    const { raw, fingerprint256 } = new X509Certificate(one.cert);
    for (const parts of [
      [one.cert, one.private],
      [one.private, one.cert],
      [one.cert, other.cert, one.private],
    ]) {
      const { certificate, id, privateKey } = readEncryptionCertificate(pemOf(...parts));
      expect(Buffer.from(certificate, 'base64').equals(raw)).toBe(true);
      expect(id).toBe(fingerprint256.replaceAll(':', '').toLowerCase());
      expect(privateKey.equals(createPrivateKey(one.private))).toBe(true);
    }
  });

  it.each<[string, string, (one: { cert: string; private: string }, other: { private: string }) => string]>([
    ['there is no key', 'cannot be read', (one) => one.cert],
    ['there is no certificate', 'cannot be read', (one) => one.private],
    ['the file is empty', 'cannot be read', () => ''],
    [
      'the key belongs to another certificate',
      'the key does not belong to the certificate',
      (one, other) => pemOf(one.cert, other.private),
    ],
    [
      'the key has a password',
      'without a password',
      (one) =>
        pemOf(
          one.cert,
          createPrivateKey(one.private).export({
            type: 'pkcs8',
            format: 'pem',
            cipher: 'aes-256-cbc',
            passphrase: 'secret',
          }),
        ),
    ],
  ])('is refused when %s', async (_what, message, fileOf) => {
    const { certificate, platform } = await createEntraIdentity();
    expect(() => readEncryptionCertificate(fileOf(certificate, platform))).toThrow(message);
  });

  it.each([
    ['is too short', { keySize: 1_024 }, 'one of 1024 bits'],
    ['is too long', { keySize: 4_104 }, 'one of 4104 bits'],
    ['is not RSA', { keyType: 'ec' }, 'a key of the type "ec"'],
  ] as const)('is refused when its key %s', async (_what, options, message) => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'test' }], options);
    expect(() => readEncryptionCertificate(pemOf(cert, key))).toThrow(message);
  });
});

describe('Encrypted content', () => {
  it('is decrypted', async () => {
    const { current } = await readCertificates();
    expect(decryptContent(sealed(current), [current])).toEqual(RECORDING);
  });

  it('is decrypted with the certificate that it names, the previous one included', async () => {
    const { current, former } = await readCertificates();
    for (const certificate of [current, former]) {
      expect(decryptContent(sealed(certificate), [current, former])).toEqual(RECORDING);
    }
  });

  it.each<[string, string, (content: EncryptedContent & { dataSignature: string }) => Partial<EncryptedContent>]>([
    ['data was changed', 'signature', ({ data }) => ({ data: flipped(data) })],
    ['data was changed at its end', 'signature', ({ data }) => ({ data: flipped(data, -1) })],
    ['data was cut', 'signature', ({ data }) => ({ data: data.slice(0, 24) })],
    ['data is missing', 'signature', () => ({ data: '' })],
    ['signature was changed', 'signature', ({ dataSignature }) => ({ dataSignature: flipped(dataSignature) })],
    ['signature was cut', 'signature', ({ dataSignature }) => ({ dataSignature: dataSignature.slice(0, 20) })],
    ['signature is empty', 'signature', () => ({ dataSignature: '' })],
    ['signature is missing', 'has no signature', () => ({ dataSignature: null })],
    [
      'key was changed',
      'cannot be decrypted with the private key of its certificate',
      ({ dataKey }) => ({ dataKey: flipped(dataKey) }),
    ],
    ['key is missing', 'cannot be decrypted with the private key of its certificate', () => ({ dataKey: '' })],
    ['certificate is unknown', 'encrypted for "another"', () => ({ encryptionCertificateId: 'another' })],
  ])('is refused when its %s', async (_what, message, change) => {
    const { current, former } = await readCertificates();
    const content = sealed(current);
    expect(() => decryptContent({ ...content, ...change(content) }, [former, current])).toThrow(
      expect.objectContaining({ name: 'EncryptedContentError', message: expect.stringContaining(message) }),
    );
  });

  it('is refused when it names a certificate that it was not encrypted for', async () => {
    const { current, former } = await readCertificates();
    const content = { ...sealed(current), encryptionCertificateId: former.id };
    expect(() => decryptContent(content, [current, former])).toThrow(
      'cannot be decrypted with the private key of its certificate',
    );
  });

  it('is refused when its symmetric key has another length', async () => {
    const { current } = await readCertificates();
    const content = seal({ certificate: current.pem, id: current.id, text: '{}', keyBytes: 16 });
    expect(() => decryptContent(content, [current])).toThrow('The key of the content must have 32 bytes');
  });

  it('is refused when it is not JSON, with an error that does not contain it', async () => {
    const { current } = await readCertificates();
    const refusal = (): unknown => decryptContent(sealed(current, 'marked, and no JSON'), [current]);
    expect(refusal).toThrow('not JSON');
    expect(refusal).not.toThrow('marked');
  });

  it('has its signature compared in constant time before it is decrypted', async () => {
    const { current } = await readCertificates();
    const compare = vi.spyOn(crypto, 'timingSafeEqual');
    const decrypt = vi.spyOn(crypto, 'createDecipheriv');
    syncBuiltinESMExports();
    onTestFinished(() => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    });
    const content = sealed(current);
    const dataSignature = flipped(content.dataSignature);
    expect(() => decryptContent({ ...content, dataSignature }, [current])).toThrow('signature');
    expect(compare).toHaveBeenCalledExactlyOnceWith(Buffer.from(dataSignature, 'base64'), expect.any(Buffer));
    expect(decrypt).not.toHaveBeenCalled();
  });
});
