/** The bit-level encodings of H.264. */

/** Bits in the order of transmission, each written as the digit 0 or 1. */
export type Bits = string;

/**
 * The descriptor u(n): an unsigned integer in a fixed number of bits, the most significant first.
 * @see https://www.itu.int/rec/T-REC-H.264 section 7.2
 */
export function u(bitCount: number, value: number): Bits {
  return value.toString(2).padStart(bitCount, '0');
}

/**
 * The descriptor ue(v): an unsigned Exp-Golomb code. It is the value plus one in binary, preceded by one zero for each
 * digit after the first. Small values are short: 0 is `1`, 1 is `010`, 2 is `011`.
 * @see https://www.itu.int/rec/T-REC-H.264 section 9.1
 */
export function ue(value: number): Bits {
  const digits = (value + 1).toString(2);
  return digits.padStart(2 * digits.length - 1, '0');
}

/** Appends zero bits up to the next byte boundary. The first of `bits` must be the first of a byte. */
export function alignWithZeros(bits: Bits): Bits {
  return bits.padEnd(8 * Math.ceil(bits.length / 8), '0');
}

/**
 * Ends a raw byte sequence payload: a one as the stop bit, then zeros to the end of the byte.
 * @see https://www.itu.int/rec/T-REC-H.264 section 7.3.2.11
 */
export function endPayload(bits: Bits): Bits {
  return alignWithZeros(`${bits}1`);
}

/** Packs whole bytes of bits. */
export function bytesOf(bits: Bits): Buffer {
  return Buffer.from(
    Array.from({ length: bits.length / 8 }, (_, index) => parseInt(bits.slice(8 * index, 8 * index + 8), 2)),
  );
}
