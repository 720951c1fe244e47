/**
 * H.264 without an encoder. A macroblock is either I_PCM, which holds raw samples, or skipped, which repeats the
 * macroblock of the previous picture. There is no transform, no motion, and no entropy coding except in short headers.
 *
 * Emulation prevention (section 7.4.1) is not needed: no sample of a video-range picture is below 16, and no header
 * holds two whole zero bytes in a row, so the sequence that would have to be escaped cannot occur.
 */
import { alignWithZeros, bytesOf, endPayload, u, ue } from './bits.ts';
import type { Bits } from './bits.ts';
import { macroblockSide } from './canvas.ts';

/** Samples in an I_PCM macroblock of 8 bits and 4:2:0: 256 of luma and twice 64 of chroma. */
const samplesPerMacroblock = 384;

/** mb_type of I_PCM in an I slice. In P slices it is preceded by five other types. Tables 7-11 and 7-13. */
const pcmInIdr = 25;
const pcmInPredicted = 5 + pcmInIdr;

/**
 * A coded slice as a template: the known bits, and between them the addresses of macroblocks, each a placeholder for
 * its samples. So the size of a frame is known before it is painted.
 */
export type Slice = readonly (Bits | number)[];

/** nal_unit_type, Table 7-1: the content of a NAL unit. */
const nalUnitType = { predictedSlice: 1, idrSlice: 5, sequenceParameterSet: 7, pictureParameterSet: 8 } as const;

/**
 * The sequence parameter set: Constrained Baseline profile at level 1.3, which allows 396 macroblocks a frame. Pictures
 * are shown in decoding order (pic_order_cnt_type 2), refer to one previous picture, and have BT.709 colors. Width and
 * height in pixels must be even; the canvas beyond them is cropped on the right and at the bottom.
 * @see https://www.itu.int/rec/T-REC-H.264 sections 7.3.2.1.1, A.2.1.1, A.3.1 (Table A-1) and E.1.1
 */
export function sequenceParameterSet(width: number, height: number): Buffer {
  const columns = Math.ceil(width / macroblockSide);
  const rows = Math.ceil(height / macroblockSide);
  const profile = u(8, 66) + u(8, 0b1100_0000) + u(8, 13);
  const numbering = ue(0) + ue(0) + ue(2) + ue(1) + u(1, 0);
  const size = ue(columns - 1) + ue(rows - 1) + u(1, 1) + u(1, 1);
  const cropping =
    u(1, 1) + ue(0) + ue((columns * macroblockSide - width) / 2) + ue(0) + ue((rows * macroblockSide - height) / 2);
  const unspecifiedFormat = u(3, 5) + u(1, 0);
  const colour = u(1, 1) + unspecifiedFormat + u(1, 1) + u(8, 1) + u(8, 1) + u(8, 1);
  const usability = u(1, 1) + u(2, 0) + colour + u(6, 0);
  return bytesOf(
    nalUnitHeader(nalUnitType.sequenceParameterSet) + endPayload(profile + numbering + size + cropping + usability),
  );
}

/**
 * The picture parameter set: all defaults, with CAVLC as Baseline requires, and with the deblocking filter controlled
 * by every slice header, so that a slice can turn it off.
 * @see https://www.itu.int/rec/T-REC-H.264 section 7.3.2.2
 */
export function pictureParameterSet(): Buffer {
  const entropyCoding = ue(0) + ue(0) + u(1, 0) + u(1, 0);
  const references = ue(0) + ue(0) + ue(0) + u(1, 0) + u(2, 0);
  const quantization = ue(0) + ue(0) + ue(0);
  return bytesOf(
    nalUnitHeader(nalUnitType.pictureParameterSet) +
      endPayload(entropyCoding + references + quantization + u(1, 1) + u(2, 0)),
  );
}

/**
 * An instantaneous decoding refresh: a key frame, which depends on no other, with only I_PCM macroblocks.
 * @see https://www.itu.int/rec/T-REC-H.264 sections 7.3.3 (slice header) and 7.3.5 (pcm_alignment_zero_bit)
 */
export function idrSlice(macroblockCount: number): Slice {
  const iSlicesOnly = 7;
  const pictureId = ue(0);
  const referenceMarking = u(1, 0) + u(1, 0);
  const header = nalUnitHeader(nalUnitType.idrSlice) + sliceHeader(iSlicesOnly, 0, pictureId + referenceMarking);
  return Array.from({ length: macroblockCount }, (_, address) => [
    alignWithZeros((address === 0 ? header : '') + ue(pcmInIdr)),
    address,
  ])
    .flat()
    .concat(endPayload(''));
}

/**
 * A picture that repeats the previous one except in the `changed` macroblocks (ascending addresses), which are I_PCM.
 * `frameNumber` counts the pictures since the last instantaneous decoding refresh, which is number 0.
 * @see https://www.itu.int/rec/T-REC-H.264 sections 7.3.4 (mb_skip_run) and 8.4.1.1 (a skipped macroblock does not move)
 */
export function predictedSlice(frameNumber: number, macroblockCount: number, changed: readonly number[]): Slice {
  const pSlicesOnly = 5;
  const references = u(1, 0) + u(1, 0) + u(1, 0);
  const slice: (Bits | number)[] = [];
  let bits = nalUnitHeader(nalUnitType.predictedSlice) + sliceHeader(pSlicesOnly, frameNumber, references);
  let next = 0;
  for (const address of changed) {
    slice.push(alignWithZeros(bits + ue(address - next) + ue(pcmInPredicted)), address);
    bits = '';
    next = address + 1;
  }
  const skippedAtTheEnd = macroblockCount - next;
  return [...slice, endPayload(skippedAtTheEnd > 0 ? bits + ue(skippedAtTheEnd) : bits)];
}

/** The size of a slice's NAL unit in bytes. */
export function sliceSizeBytes(slice: Slice): number {
  return slice.reduce<number>(
    (sum, part) => sum + (typeof part === 'number' ? samplesPerMacroblock : part.length / 8),
    0,
  );
}

/** Renders a slice to the bytes of its NAL unit. `samplesOf` returns the 384 samples of a macroblock. */
export function renderSlice(slice: Slice, samplesOf: (address: number) => Buffer): Buffer {
  return Buffer.concat(slice.map((part) => (typeof part === 'number' ? samplesOf(part) : bytesOf(part))));
}

/** nal_ref_idc is never 0, because the next picture refers to each one. Section 7.3.1. */
function nalUnitHeader(type: number): Bits {
  return u(1, 0) + u(2, 3) + u(5, type);
}

/** frame_num has four bits, the minimum of the standard, and so counts modulo 16. */
function sliceHeader(sliceType: number, frameNumber: number, specific: Bits): Bits {
  const firstMacroblock = ue(0);
  const parameterSet = ue(0);
  const quantizerDelta = ue(0);
  const withoutDeblocking = ue(1);
  return (
    firstMacroblock +
    ue(sliceType) +
    parameterSet +
    u(4, frameNumber % 16) +
    specific +
    quantizerDelta +
    withoutDeblocking
  );
}
