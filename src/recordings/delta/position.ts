/** Positions in the log of an organizer's new recordings, and their tokens. */
import { z } from 'zod';
import { InputError } from '../../msgraph/error.ts';
import { digestOf } from '../call-recording.ts';
import type { CallRecording } from '../call-recording.ts';
import type { Seal } from '../seal.ts';

export interface DeltaPosition {
  /** The epoch of its log; empty for the beginning, which is a position of every log. */
  readonly epoch: string;
  /** The number of the last record before it. */
  readonly number: number;
  /** Graph's cursor for what comes after it, possibly with a few repeats; null for the beginning. */
  readonly cursor: string | null;
  /** The sum of the recordings before it, by `addToFingerprint`. */
  readonly fingerprint: string;
}

export const BEGINNING: DeltaPosition = { epoch: '', number: 0, cursor: null, fingerprint: '0' };

/**
 * Whether two are the same place in the same log. A log that has lost its newest records may have reused their numbers,
 * so the fingerprints must be equal too.
 */
export function isSamePosition(one: DeltaPosition, other: DeltaPosition): boolean {
  return one.epoch === other.epoch && one.number === other.number && one.fingerprint === other.fingerprint;
}

/** The name of a recording in a log. No two recordings have the same. */
export function nameOf(recording: CallRecording): string {
  return digestOf(recording).toString('hex').slice(0, 32);
}

function sum(fingerprint: string, names: readonly string[], sign: 1n | -1n): string {
  let total = BigInt(`0x${fingerprint}`);
  for (const name of names) total += sign * BigInt(`0x${name}`);
  return BigInt.asUintN(128, total).toString(16);
}

/**
 * Adds recordings to the fingerprint of a set: the sum of their names, which has a few characters whatever their number
 * and order.
 */
export function addToFingerprint(fingerprint: string, names: readonly string[]): string {
  return sum(fingerprint, names, 1n);
}

/** Removes recordings from a fingerprint. */
export function takeFromFingerprint(fingerprint: string, names: readonly string[]): string {
  return sum(fingerprint, names, -1n);
}

const positionText = z.tuple([
  z.string(),
  z.int().nonnegative(),
  z.string().nullable(),
  z.string().regex(/^[\da-f]{1,32}$/),
]);

/** The tokens with which clients return positions. */
export interface DeltaTokens {
  /** The token of a position in the recordings of an organizer. */
  seal(organizerId: string, position: DeltaPosition): string;
  /** The position of a token. Throws an `InputError` if the token was not issued for this organizer. */
  open(organizerId: string, token: string): DeltaPosition;
}

/** Creates the tokens of one tenant. A token is valid for one organizer, in any letter case of the id. */
export function createDeltaTokens(seal: Seal, tenant: string): DeltaTokens {
  /** All subscribers receive the same positions, and sealing each of them once takes a fifth of the time. */
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
          'The token in "since" was not issued by this gateway for this organizer, or its key is no longer in use. Use the "token" of an earlier response for the same "meetingOrganizerId", "now" for changes from now on, or omit it to start from the beginning.',
        );
      }
      const [epoch, number, cursor, fingerprint] = positionText.parse(JSON.parse(text));
      return { epoch, number, cursor, fingerprint };
    },
  };
}
