/** Boxes, the building blocks of MP4 files, and the integers in them. */

const largestUint32 = 2 ** 32 - 1;

/**
 * The header of a box of `sizeBytes`, header included: size and type in 8 bytes, or in 16 when the size does not fit
 * into 32 bits and takes 64.
 * @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, section 4.2
 */
export function boxHeader(type: string, sizeBytes: number): Buffer {
  const name = Buffer.from(type, 'latin1');
  return sizeBytes <= largestUint32
    ? Buffer.concat([uint32([sizeBytes]), name])
    : Buffer.concat([uint32([1]), name, uint64([sizeBytes])]);
}

/** The size in bytes of a box with content of the given size, including the header that this needs. */
export function boxSizeBytes(contentBytes: number): number {
  return contentBytes + (contentBytes + 8 <= largestUint32 ? 8 : 16);
}

/** A box that holds other boxes or fields. */
export function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([boxHeader(type, boxSizeBytes(body.length)), body]);
}

/** A box that begins with its version (always 0 here) and 24 flags. */
export function fullBox(type: string, flags: number, ...content: readonly Buffer[]): Buffer {
  return box(type, uint32([flags]), ...content);
}

/** Unsigned integers of 8 bits. */
export function uint8(values: readonly number[]): Buffer {
  return Buffer.from(values);
}

/** Unsigned integers of 16 bits, in big-endian order like all integers in the file. */
export function uint16(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (let index = 0; index < values.length; index += 1) bytes.writeUInt16BE(values[index] ?? 0, 2 * index);
  return bytes;
}

/** Unsigned integers of 32 bits. */
export function uint32(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (let index = 0; index < values.length; index += 1) bytes.writeUInt32BE(values[index] ?? 0, 4 * index);
  return bytes;
}

/** Unsigned integers of 64 bits, each exact in a JavaScript number. */
export function uint64(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (let index = 0; index < values.length; index += 1) bytes.writeBigUInt64BE(BigInt(values[index] ?? 0), 8 * index);
  return bytes;
}
