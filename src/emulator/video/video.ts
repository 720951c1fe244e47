/** The video of a recording: an MP4 file generated as it is read. */
import { macroblockSamples, macroblockSide, macroblocksUnder } from './canvas.ts';
import {
  idrSlice,
  pictureParameterSet,
  predictedSlice,
  renderSlice,
  sequenceParameterSet,
  sliceSizeBytes,
} from './h264.ts';
import type { Slice } from './h264.ts';
import { boxHeader } from './mp4-box.ts';
import { movieHead, nalLengthBytes, sampleOf } from './mp4.ts';
import { canvasHeight, createFilm, pictureHeight, pictureWidth } from './picture.ts';
import type { Film } from './picture.ts';

/** A video file that is generated as it is read. */
export interface Video {
  readonly sizeBytes: number;
  /**
   * The bytes from `startByte` to `endByte`, exclusive. They do not depend on how the file is split into ranges. Only
   * the frames that the range touches are rendered. Throws a RangeError for a range that is not within the file.
   */
  read(startByte: number, endByte: number): Buffer;
}

interface Samples {
  readonly sampleSizesBytes: Uint32Array;
  readonly sampleAt: (frame: number) => Buffer;
}

const framesPerSecond = 2;
const framesPerGroup = 10;
const frameDurationMs = 1000 / framesPerSecond;

/** The longest duration that fits into the 32 bits of a version 0 movie header. ISO/IEC 14496-12, section 8.2.2. */
const longestDurationMs = 2 ** 32 - 1;

const macroblockCount = (pictureWidth * canvasHeight) / macroblockSide ** 2;

/**
 * Creates the content of a recording: an MP4 with H.264 that browsers can play and seek, of 320 by 180 pixels at two
 * frames a second, with a key frame every five seconds. The same options give the same bytes. `padToBytes` appends an
 * empty box to reach a given size. No frame is painted before it is read, so a long or large video costs hardly more
 * than a short one. Throws a RangeError for an invalid seed, duration or size.
 * @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, section 8.1.2 (free space)
 */
export function createVideo(options: {
  seed: number;
  durationSeconds: number;
  title: string;
  padToBytes?: number;
}): Video {
  const { seed, durationSeconds, title, padToBytes } = options;
  const durationMs = Math.round(durationSeconds * 1000);
  if (!Number.isFinite(seed)) throw new RangeError(`The seed of a video must be a finite number, but is ${seed}.`);
  if (!(durationMs >= 1 && durationMs <= longestDurationMs)) {
    throw new RangeError(
      `A video must last from 0.001 to ${longestDurationMs / 1000} seconds, but durationSeconds is ${durationSeconds}.`,
    );
  }
  const frameCount = Math.ceil(durationMs / frameDurationMs);
  const film = createFilm({ seed, title, durationSeconds, framesPerSecond, frameCount });
  const { sampleSizesBytes, sampleAt } = createSamples(film, frameCount);
  const head = movieHead({
    width: pictureWidth,
    height: pictureHeight,
    sequenceParameterSet: sequenceParameterSet(pictureWidth, pictureHeight),
    pictureParameterSet: pictureParameterSet(),
    durationMs,
    frameDurationMs,
    sampleSizesBytes,
    samplesPerGroup: framesPerGroup,
  });
  const sampleStarts = startsAfter(head.length, sampleSizesBytes);
  const endOfSamples = sampleStarts[frameCount] ?? head.length;
  const sizeBytes = padToBytes ?? endOfSamples;
  const padding = paddingHeader(sizeBytes - endOfSamples, endOfSamples);

  return {
    sizeBytes,
    read(startByte, endByte) {
      const isWithin = 0 <= startByte && startByte <= endByte && endByte <= sizeBytes;
      if (!(isWithin && Number.isSafeInteger(startByte) && Number.isSafeInteger(endByte))) {
        throw new RangeError(
          `A range must lie between 0 and ${sizeBytes} bytes, but is from ${startByte} to ${endByte}.`,
        );
      }
      const bytes = Buffer.alloc(endByte - startByte);
      const place = (part: Buffer, partStart: number): void => {
        if (partStart < endByte && startByte < partStart + part.length) {
          part.copy(bytes, Math.max(partStart - startByte, 0), Math.max(startByte - partStart, 0));
        }
      };
      place(head, 0);
      const firstFrame = frameAt(sampleStarts, startByte);
      for (let frame = firstFrame; frame < frameCount && (sampleStarts[frame] ?? endByte) < endByte; frame += 1) {
        place(sampleAt(frame), sampleStarts[frame] ?? endByte);
      }
      place(padding, endOfSamples);
      return bytes;
    },
  };
}

/** The film as samples of a file. Their sizes follow from the damage of each frame. Samples are rendered on demand. */
function createSamples(film: Film, frameCount: number): Samples {
  const refresh = idrSlice(macroblockCount);
  const sliceOf = (frame: number): Slice =>
    frame % framesPerGroup === 0
      ? refresh
      : predictedSlice(frame % framesPerGroup, macroblockCount, macroblocksUnder(film.damage(frame), pictureWidth));
  // A range often ends inside the frame in which the next range begins.
  let latest: { frame: number; sample: Buffer } | undefined;
  return {
    sampleSizesBytes: Uint32Array.from(
      { length: frameCount },
      (_, frame) => nalLengthBytes + sliceSizeBytes(sliceOf(frame)),
    ),
    sampleAt(frame) {
      if (latest?.frame === frame) return latest.sample;
      const canvas = film.paint(frame);
      const sample = sampleOf(renderSlice(sliceOf(frame), (address) => macroblockSamples(canvas, address)));
      latest = { frame, sample };
      return sample;
    },
  };
}

/** The start of each sample, and finally the end of the last one. */
function startsAfter(firstByte: number, sizesBytes: Uint32Array): Float64Array {
  const starts = new Float64Array(sizesBytes.length + 1).fill(firstByte);
  for (const [index, sizeBytes] of sizesBytes.entries()) starts[index + 1] = (starts[index] ?? firstByte) + sizeBytes;
  return starts;
}

/** The frame whose sample holds a byte, by binary search: 0 for bytes before, `starts.length - 1` for bytes after. */
function frameAt(starts: Float64Array, byte: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= byte) low = middle;
    else high = middle - 1;
  }
  return low;
}

function paddingHeader(paddingBytes: number, videoBytes: number): Buffer {
  if (paddingBytes === 0) return Buffer.alloc(0);
  if (Number.isSafeInteger(paddingBytes) && paddingBytes >= 8) return boxHeader('free', paddingBytes);
  throw new RangeError(
    `This video has ${videoBytes} bytes. padToBytes must be equal or at least 8 more (the smallest box), but is ${videoBytes + paddingBytes}.`,
  );
}
