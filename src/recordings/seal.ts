/** Sealed text: clients receive it to send it back, and can neither read nor forge it. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

export interface Seal {
  /** One mark for each key, the sealing key first. It reveals nothing of the key. Safe in a URL. */
  readonly marks: readonly [string, ...string[]];
  /** Encrypts a text for one purpose. The result is safe in a URL. */
  seal(purpose: string, text: string): string;
  /** A keyed digest: it identifies a text to holders of the sealing key only. Safe in a URL. */
  digest(purpose: string, text: string): string;
  /** Returns the text; null when it was not sealed here, not for this purpose, or was changed. */
  open(purpose: string, sealed: string): string | null;
}

// https://csrc.nist.gov/pubs/sp/800/38/d/final: AES-GCM with a 96-bit nonce and a 128-bit tag.
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function openWith(key: Buffer, purpose: string, bytes: Buffer): string | null {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // final() throws when the tag does not match. That is a result here, not a fault.
    return null;
  }
}

function markOf(key: Buffer): string {
  return createHmac('sha256', key).update('mark').digest('base64url').slice(0, 8);
}

/**
 * Seals with the first of the keys, each of 32 bytes, and opens with any of them. Keys can be rotated without refusing
 * issued texts.
 */
export function createSeal(keys: readonly [Buffer, ...Buffer[]]): Seal {
  const [first, ...others] = keys;
  return {
    marks: [markOf(first), ...others.map(markOf)],
    seal(purpose, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', first, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(purpose));
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64url');
    },
    digest: (purpose, text) =>
      createHmac('sha256', first)
        .update(JSON.stringify([purpose, text]))
        .digest('base64url'),
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      // Node skips characters that are not Base64, and additions to the text would go unnoticed.
      if (bytes.byteLength < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return null;
      for (const key of keys) {
        const text = openWith(key, purpose, bytes);
        if (text !== null) return text;
      }
      return null;
    },
  };
}
