/**
 * Decrypts the recordings that change notifications include:
 * https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data#decrypting-resource-data-from-change-notifications
 */
import {
  X509Certificate,
  constants,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  privateDecrypt,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** The encrypted content of one notification. All but the id is base64. */
export interface EncryptedContent {
  readonly data: string;
  readonly dataKey: string;
  /** Null when missing, as in one of Microsoft's examples; such content is refused. */
  readonly dataSignature: string | null;
  /** The `id` of the certificate that it was encrypted for. */
  readonly encryptionCertificateId: string;
}

/** A certificate that Graph encrypts for, and the key that decrypts it. */
export interface EncryptionCertificate {
  /** As a subscription takes it: base64 of its DER. */
  readonly certificate: string;
  /** The SHA-256 thumbprint, so that each certificate has its own id. */
  readonly id: string;
  readonly privateKey: KeyObject;
}

/** Content cannot be decrypted or verified. The message quotes nothing of it. */
export class EncryptedContentError extends Error {
  override readonly name = 'EncryptedContentError';
}

const KEY_BYTES = 32;
const IV_BYTES = 16;
const SHORTEST_MODULUS_BITS = 2_048;
const LONGEST_MODULUS_BITS = 4_096;
/** https://learn.microsoft.com/en-us/graph/api/resources/subscription: an id is no longer. */
const MOST_ID_CHARACTERS = 128;

/**
 * Reads a certificate and its private key, without a password, from the text of a PEM file; of a chain, the first
 * certificate counts. Throws unless they match and are RSA of 2,048 to 4,096 bits, as Graph requires.
 */
export function readEncryptionCertificate(pem: string): EncryptionCertificate {
  let certificate: X509Certificate;
  let privateKey: KeyObject;
  try {
    certificate = new X509Certificate(pem);
    privateKey = createPrivateKey(pem);
  } catch (cause) {
    throw new Error(
      'the PEM file must contain a certificate and its private key without a password, but one of them cannot be read.',
      { cause },
    );
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(
      'the PEM file must contain a certificate and its private key, but the key does not belong to the certificate.',
    );
  }
  // Only RSA has a modulus.
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails: { modulusLength: bits = 0 } = {} } = privateKey;
  if (bits < SHORTEST_MODULUS_BITS || bits > LONGEST_MODULUS_BITS) {
    const came = bits === 0 ? `a key of the type "${asymmetricKeyType}"` : `one of ${bits} bits`;
    throw new Error(
      `the certificate must have an RSA key of ${SHORTEST_MODULUS_BITS} to ${LONGEST_MODULUS_BITS} bits, but has ${came}. Create another certificate.`,
    );
  }
  return {
    certificate: certificate.raw.toString('base64'),
    id: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    privateKey,
  };
}

function decryptKey(dataKey: string, privateKey: KeyObject): Buffer {
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const key = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha1' }, Buffer.from(dataKey, 'base64'));
    if (key.byteLength === KEY_BYTES) return key;
  } catch (cause) {
    throw new EncryptedContentError(
      'The key of the content cannot be decrypted with the private key of its certificate.',
      { cause },
    );
  }
  throw new EncryptedContentError(`The key of the content must have ${KEY_BYTES} bytes, but has another length.`);
}

function isSigned(data: Buffer, key: Buffer, dataSignature: string): boolean {
  const expected = createHmac('sha256', key).update(data).digest();
  const given = Buffer.from(dataSignature, 'base64');
  // timingSafeEqual throws when the lengths differ, and they are no secret.
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
}

/**
 * Decrypts content with the certificate that it was encrypted for: keep a former one until no subscription names it any
 * more. Checks the signature before it decrypts the data. Throws an `EncryptedContentError` that says what is wrong.
 */
export function decryptContent(
  { data, dataKey, dataSignature, encryptionCertificateId }: EncryptedContent,
  certificates: readonly Pick<EncryptionCertificate, 'id' | 'privateKey'>[],
): unknown {
  const certificate = certificates.find(({ id }) => id === encryptionCertificateId);
  if (certificate === undefined) {
    throw new EncryptedContentError(
      `The content must be encrypted for one of the certificates ${certificates.map(({ id }) => id).join(', ')}, but was encrypted for ${JSON.stringify(encryptionCertificateId.slice(0, MOST_ID_CHARACTERS))}. Keep an old certificate until its subscriptions have been replaced.`,
    );
  }
  if (dataSignature === null) throw new EncryptedContentError('The content must be signed, but has no signature.');
  const key = decryptKey(dataKey, certificate.privateKey);
  const encrypted = Buffer.from(data, 'base64');
  if (!isSigned(encrypted, key, dataSignature)) {
    throw new EncryptedContentError(
      'The signature of the content does not match its data: the data was modified after signing.',
    );
  }
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, IV_BYTES));
    const text = Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('utf8');
    const resource: unknown = JSON.parse(text);
    return resource;
  } catch {
    // Without the cause: an error of JSON.parse quotes what it could not read.
    throw new EncryptedContentError('The content is correctly signed, but the decrypted data is not JSON.');
  }
}
