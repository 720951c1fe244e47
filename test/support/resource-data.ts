/** Resource data as Graph encrypts it: https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data */
import { X509Certificate, createCipheriv, createHmac, publicEncrypt, randomBytes } from 'node:crypto';
import type { EncryptedContent } from '../../src/msgraph/notifications/encrypted-content.ts';

export interface Sealing {
  /** The certificate in PEM, and its id in a subscription. */
  readonly certificate: string;
  readonly id: string;
  /** The text to encrypt. */
  readonly text: string;
  /** The length of the key. */
  readonly keyBytes?: number;
}

/** Encrypts and signs a text for a certificate. */
export function seal({ certificate, id, text, keyBytes = 32 }: Sealing): EncryptedContent & { dataSignature: string } {
  const key = randomBytes(keyBytes);
  const cipher = createCipheriv(`aes-${keyBytes * 8}-cbc`, key, key.subarray(0, 16));
  const data = Buffer.concat([cipher.update(text), cipher.final()]);
  return {
    data: data.toString('base64'),
    // By default OAEP with SHA-1, as Graph uses.
    dataKey: publicEncrypt(new X509Certificate(certificate).publicKey, key).toString('base64'),
    dataSignature: createHmac('sha256', key).update(data).digest('base64'),
    encryptionCertificateId: id,
  };
}

/** The same base64 with one bit of the decoded bytes changed. */
export function flipped(base64: string, place = 0): string {
  const bytes = Buffer.from(base64, 'base64');
  const at = place < 0 ? bytes.length + place : place;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}
