/** Where somebody stands in what was added to the recordings of an organizer. */
import { z } from 'zod';
import { InputError } from '../../msgraph/error.ts';
import { digestOf } from '../call-recording.ts';
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

/**
 * Whether two are the same place in the same log. A log that has lost its newest records may have got others under their
 * numbers, so that what is behind has to be the same too.
 */
export function isSamePosition(one: DeltaPosition, other: DeltaPosition): boolean {
  return one.epoch === other.epoch && one.number === other.number && one.fingerprint === other.fingerprint;
}

/** A name by which a log knows a recording: two are the same only if the recordings are. */
export function nameOf(recording: CallRecording): string {
  return digestOf(recording).toString('hex').slice(0, 32);
}

function sum(fingerprint: string, names: readonly string[], sign: 1n | -1n): string {
  let total = BigInt(`0x${fingerprint}`);
  for (const name of names) total += sign * BigInt(`0x${name}`);
  return BigInt.asUintN(128, total).toString(16);
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

/** The tokens with which clients bring positions back. */
export interface DeltaTokens {
  /** The token of a position in the recordings of an organizer. */
  seal(organizerId: string, position: DeltaPosition): string;
  /** The position of a token. Throws an `InputError` when it is none of this organizer's. */
  open(organizerId: string, token: string): DeltaPosition;
}

/** Creates what makes and reads the tokens of one tenant. A token is good for one organizer, whatever the case of their id. */
export function createDeltaTokens(seal: Seal, tenant: string): DeltaTokens {
  /** All who listen are told of the same positions, and to seal each of them once takes a fifth of the time. */
  const sealed = new WeakMap<DeltaPosition, { readonly purpose: string; readonly token: string }>();

  function purposeOf(organizerId: string): string {
    return JSON.stringify(['delta', tenant, organizerId.toLowerCase()]);
  }

  return {
    seal(organizerId, position) {
      const purpose = purposeOf(organizerId);
      const known = sealed.get(position);
      if (known?.purpose === purpose) return known.token;
      const { epoch, number, cursor, fingerprint } = position;
      const token = seal.seal(purpose, JSON.stringify([epoch, number, cursor, fingerprint]));
      sealed.set(position, { purpose, token });
      return token;
    },
    open(organizerId, token) {
      const text = seal.open(purposeOf(organizerId), token);
      if (text === null) {
        throw new InputError(
          'The token in "since" is none that this gateway gave out for this organizer. Give the "token" of an earlier answer for the same "meetingOrganizerId", "now" to begin with what comes next, or nothing to begin with everything so far.',
        );
      }
      const [epoch, number, cursor, fingerprint] = positionText.parse(JSON.parse(text));
      return { epoch, number, cursor, fingerprint };
    },
  };
}
