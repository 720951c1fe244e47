/** The encryption of resource data in notifications. */
import { X509Certificate, constants, createCipheriv, createHmac, publicEncrypt, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { badRequest } from '../graph-error.ts';
import type { SubscriptionRequest } from './subscription-request.ts';

/** The key with which the resource data of a subscription is encrypted. */
export interface Encryption {
  readonly publicKey: KeyObject;
  /** The client's own id of its certificate. */
  readonly id: string;
  readonly thumbprint: string;
}

/** An encrypted resource in a notification: https://learn.microsoft.com/en-us/graph/api/resources/changenotificationencryptedcontent */
export interface EncryptedContent {
  readonly data: string;
  readonly dataSignature: string;
  readonly dataKey: string;
  readonly encryptionCertificateId: string;
  readonly encryptionCertificateThumbprint: string;
}

/**
 * The encryption that a subscription requests; null when it requests no resource data. Throws a GraphError when the
 * certificate or its id is missing, or when Graph would not encrypt for that certificate.
 * https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data
 */
export function parseEncryption(asked: SubscriptionRequest): Encryption | null {
  if (asked.includeResourceData !== true) {
    return null;
  }
  const { encryptionCertificate, encryptionCertificateId: id } = asked;
  if (!encryptionCertificate || !id) {
    throw badRequest('With includeResourceData both encryptionCertificate and encryptionCertificateId are required.');
  }
  const { fingerprint, publicKey } = parseCertificate(encryptionCertificate);
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== 'rsa' || bits < 2048 || bits > 4096) {
    throw badRequest('Expected encryptionCertificate to have an RSA key of 2048 to 4096 bits.');
  }
  return { publicKey, id, thumbprint: fingerprint.replaceAll(':', '') };
}

/** Encrypts a resource, with a new key each time, and signs the result. */
export function encrypt(resource: unknown, { id, publicKey, thumbprint }: Encryption): EncryptedContent {
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  const data = Buffer.concat([cipher.update(JSON.stringify(resource)), cipher.final()]);
  const dataKey = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, key);
  return {
    data: data.toString('base64'),
    dataSignature: createHmac('sha256', key).update(data).digest('base64'),
    dataKey: dataKey.toString('base64'),
    encryptionCertificateId: id,
    encryptionCertificateThumbprint: thumbprint,
  };
}

function parseCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw badRequest('Expected encryptionCertificate to be the base64 of an X.509 certificate in DER.');
  }
}
