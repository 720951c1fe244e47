/** Where somebody stands in what was added to the recordings of an organizer. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InputError } from '../../msgraph/error.ts';
import type { CallRecording } from '../call-recording.ts';
import type { Seal } from '../seal.ts';

export interface DeltaPosition {
  /** The log in which it is a position; empty for the beginning, which is one in every log. */
  readonly epoch: string;
  /** The number of the last record of the log that is behind it. */
  readonly number: number;
  /** Where Graph tells what comes after, or again what came a little before; null for the beginning. */
  readonly cursor: string | null;
  /** What is behind it, as `addToFingerprint` sums it up. */
  readonly fingerprint: string;
}

export const BEGINNING: DeltaPosition = { epoch: '', number: 0, cursor: null, fingerprint: '0' };

/** A name by which a log knows a recording: two are the same only if the recordings are. */
export function nameOf({ meetingId, id }: CallRecording): string {
  // The id is unique within its meeting only.
  return createHash('sha256')
    .update(JSON.stringify([meetingId, id]))
    .digest('hex')
    .slice(0, 32);
}

const MODULUS = 2n ** 128n;

function sum(fingerprint: string, names: readonly string[], sign: 1n | -1n): string {
  let total = BigInt(`0x${fingerprint}`);
  for (const name of names) total += sign * BigInt(`0x${name}`);
  return BigInt.asUintN(128, total % MODULUS).toString(16);
}

/** Sums up a set of recordings in a few characters, whatever their number and their order: the sum of their names. */
export function addToFingerprint(fingerprint: string, names: readonly string[]): string {
  return sum(fingerprint, names, 1n);
}

/** The sum without these. */
export function takeFromFingerprint(fingerprint: string, names: readonly string[]): string {
  return sum(fingerprint, names, -1n);
}

const positionText = z.tuple([
  z.string(),
  z.int().nonnegative(),
  z.string().nullable(),
  z.string().regex(/^[\da-f]{1,32}$/),
]);

/** What a token is good for: one organizer of one tenant, whatever the case of their id. */
function purposeOf(tenant: string, organizerId: string): string {
  return JSON.stringify(['delta', tenant, organizerId.toLowerCase()]);
}

/** Makes the token that a client brings back to go on from a position. */
export function sealPosition(seal: Seal, tenant: string, organizerId: string, position: DeltaPosition): string {
  const { epoch, number, cursor, fingerprint } = position;
  return seal.seal(purposeOf(tenant, organizerId), JSON.stringify([epoch, number, cursor, fingerprint]));
}

/** The position of a token. Throws an `InputError` when it is none of this organizer's. */
export function openPosition(seal: Seal, tenant: string, organizerId: string, token: string): DeltaPosition {
  const text = seal.open(purposeOf(tenant, organizerId), token);
  if (text === null) {
    throw new InputError(
      'The token in "since" is none that this gateway gave out for this organizer. Give the "token" of an earlier answer for the same "meetingOrganizerId", "now" to begin with what comes next, or nothing to begin with everything so far.',
    );
  }
  const [epoch, number, cursor, fingerprint] = positionText.parse(JSON.parse(text));
  return { epoch, number, cursor, fingerprint };
}
