/** Pseudorandom values that depend only on their keys. */
import { hash } from 'node:crypto';

type Key = string | number;

/**
 * `length` hexadecimal digits that depend only on the keys. Everything invented in a tenant is derived from this, so
 * that the same seed gives the same tenant on every machine.
 */
export function hex(length: number, ...keys: readonly Key[]): string {
  let digits = '';
  for (let block = 0; digits.length < length; block += 1) {
    digits += hash('sha256', [...keys, block].join('\u001F'), 'hex');
  }
  return digits.slice(0, length);
}

/** A version 4 GUID that depends only on the keys. */
export function guid(...keys: readonly Key[]): string {
  const digits = hex(32, ...keys);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-');
}

/** A whole number from 0 to `bound`, exclusive, that depends only on the keys. */
export function number(bound: number, ...keys: readonly Key[]): number {
  return Number.parseInt(hex(12, ...keys), 16) % bound;
}

/** One of the choices, which depends only on the keys. */
export function pick<Choice>(choices: readonly [Choice, ...Choice[]], ...keys: readonly Key[]): Choice {
  return choices[number(choices.length, ...keys)] ?? choices[0];
}
