/** The MP4 file: its head, and the form of its samples. */
import { box, boxHeader, boxSizeBytes, fullBox, uint16, uint32, uint64, uint8 } from './mp4-box.ts';

/** One track of H.264. Its samples form groups, each of which begins with a key frame. */
interface VideoTrack {
  readonly width: number;
  readonly height: number;
  readonly sequenceParameterSet: Buffer;
  readonly pictureParameterSet: Buffer;
  readonly durationMs: number;
  /** How long every sample is shown, except the last, which is shown until the end. */
  readonly frameDurationMs: number;
  readonly sampleSizesBytes: Uint32Array;
  readonly samplesPerGroup: number;
}

/** Times are in milliseconds. */
const timescale = 1000;

/** No rotation, scaling or translation: the identity matrix, in fixed point. Section 6.2.2. */
const upright = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000] as const;

/** Beyond this many bytes of samples, offsets have 64 bits. The margin leaves room for a head of some megabytes. */
const largestCompactBytes = 2 ** 31;

/**
 * The part of an MP4 file before its first sample: the index (`moov`), then the header of the box of samples (`mdat`).
 * With the index first, a player can start before it has the whole file, and seek by requesting ranges.
 * @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, sections 4.3 (ftyp), 8.1.1 (mdat) and 8.2.1 (moov)
 */
export function movieHead(track: VideoTrack): Buffer {
  const groups = groupOffsets(track);
  const brands = ['isom', 'iso2', 'avc1', 'mp41'].map((brand) => Buffer.from(brand, 'latin1'));
  const fileType = box('ftyp', Buffer.from('isom', 'latin1'), uint32([0x200]), ...brands);
  const mediaDataHeader = boxHeader('mdat', boxSizeBytes(groups.totalBytes));
  const headStartingAt = (firstSampleByte: number): Buffer =>
    Buffer.concat([fileType, movie(track, chunkOffsets(groups, firstSampleByte)), mediaDataHeader]);
  // The index holds offsets in the file, which its own length shifts, but its length does not depend on their values.
  return headStartingAt(headStartingAt(0).length);
}

interface GroupOffsets {
  readonly startBytes: readonly number[];
  readonly totalBytes: number;
}

function groupOffsets({ sampleSizesBytes, samplesPerGroup }: VideoTrack): GroupOffsets {
  const startBytes: number[] = [];
  let totalBytes = 0;
  for (const [index, sizeBytes] of sampleSizesBytes.entries()) {
    if (index % samplesPerGroup === 0) startBytes.push(totalBytes);
    totalBytes += sizeBytes;
  }
  return { startBytes, totalBytes };
}

/** @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, section 8.7.5 */
function chunkOffsets({ startBytes, totalBytes }: GroupOffsets, firstSampleByte: number): Buffer {
  const offsets = startBytes.map((startByte) => firstSampleByte + startByte);
  const count = uint32([offsets.length]);
  return totalBytes > largestCompactBytes
    ? fullBox('co64', 0, count, uint64(offsets))
    : fullBox('stco', 0, count, uint32(offsets));
}

/** @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, sections 8.2.2 (mvhd) and 8.3.2 (tkhd) */
function movie(track: VideoTrack, offsets: Buffer): Buffer {
  const unsetTimes = [0, 0] as const;
  const [trackId, nextTrackId] = [1, 2];
  const normalRate = 0x10000;
  const fullVolume = 0x100;
  const enabledAndShown = 0b11;
  const movieHeader = fullBox(
    'mvhd',
    0,
    uint32([...unsetTimes, timescale, track.durationMs, normalRate]),
    uint16([fullVolume, 0]),
    uint32([0, 0, ...upright, 0, 0, 0, 0, 0, 0, nextTrackId]),
  );
  const trackHeader = fullBox(
    'tkhd',
    enabledAndShown,
    uint32([...unsetTimes, trackId, 0, track.durationMs, 0, 0]),
    uint16([0, 0, 0, 0]),
    uint32([...upright, track.width * 0x10000, track.height * 0x10000]),
  );
  return box('moov', movieHeader, box('trak', trackHeader, media(track, offsets)));
}

/** @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, sections 8.4 (mdia), 8.7.1 (dinf) and 12.1.2 (vmhd) */
function media(track: VideoTrack, offsets: Buffer): Buffer {
  const undeterminedLanguage = 0x55c4;
  const inThisFile = 1;
  return box(
    'mdia',
    fullBox('mdhd', 0, uint32([0, 0, timescale, track.durationMs]), uint16([undeterminedLanguage, 0])),
    fullBox(
      'hdlr',
      0,
      uint32([0]),
      Buffer.from('vide', 'latin1'),
      uint32([0, 0, 0]),
      Buffer.from('Recording\0', 'latin1'),
    ),
    box(
      'minf',
      fullBox('vmhd', 1, uint16([0, 0, 0, 0])),
      box('dinf', fullBox('dref', 0, uint32([1]), fullBox('url ', inThisFile))),
      sampleTable(track, offsets),
    ),
  );
}

/**
 * The sample table: the format of the samples, their durations, which of them are key frames, how many form a chunk (a
 * group is one), their sizes, and the offsets of the chunks.
 * @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, sections 8.5.2, 8.6.1.2, 8.6.2, 8.7.4 and 8.7.3.2, in this order
 */
function sampleTable(track: VideoTrack, offsets: Buffer): Buffer {
  const { sampleSizesBytes, samplesPerGroup, durationMs, frameDurationMs } = track;
  const sampleCount = sampleSizesBytes.length;
  const lastDurationMs = durationMs - (sampleCount - 1) * frameDurationMs;
  const wholeChunks = Math.floor(sampleCount / samplesPerGroup);
  const samplesLeft = sampleCount % samplesPerGroup;
  const syncSamples = Array.from(
    { length: Math.ceil(sampleCount / samplesPerGroup) },
    (_, group) => group * samplesPerGroup + 1,
  );
  const durations = [
    { samples: sampleCount - 1, fields: [sampleCount - 1, frameDurationMs] },
    { samples: 1, fields: [1, lastDurationMs] },
  ];
  const sampleDescription = 1;
  const chunks = [
    { samples: wholeChunks * samplesPerGroup, fields: [1, samplesPerGroup, sampleDescription] },
    { samples: samplesLeft, fields: [wholeChunks + 1, samplesLeft, sampleDescription] },
  ];
  return box(
    'stbl',
    fullBox('stsd', 0, uint32([1]), sampleEntry(track)),
    fullBox('stts', 0, runs(durations)),
    fullBox('stss', 0, uint32([syncSamples.length]), uint32(syncSamples)),
    fullBox('stsc', 0, runs(chunks)),
    fullBox('stsz', 0, uint32([0, sampleCount]), uint32(sampleSizesBytes)),
    offsets,
  );
}

/** A table of runs of equal samples: the number of rows, then their fields. An empty run has no row. */
function runs(rows: readonly { samples: number; fields: readonly number[] }[]): Buffer {
  const present = rows.filter(({ samples }) => samples > 0);
  return uint32([present.length, ...present.flatMap(({ fields }) => fields)]);
}

/**
 * The sample entry `avc1`: the picture size, 72 dots per inch, 24 bits of depth, and the decoder's configuration.
 * @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, section 12.1.3 (visual sample entry)
 * @see https://www.iso.org/standard/89118.html ISO/IEC 14496-15, sections 5.3.3.1 (avcC) and 5.4.2 (avc1)
 */
function sampleEntry({ width, height, sequenceParameterSet, pictureParameterSet }: VideoTrack): Buffer {
  const dataReference = 1;
  const dotsPerInch = 72 * 0x10000;
  const framesPerSample = 1;
  const configuration = Buffer.concat([
    uint8([1]),
    sequenceParameterSet.subarray(1, 4),
    uint8([0b1111_1100 | (nalLengthBytes - 1), 0b1110_0000 | 1]),
    lengthAndBytes(sequenceParameterSet),
    uint8([1]),
    lengthAndBytes(pictureParameterSet),
  ]);
  return box(
    'avc1',
    uint16([0, 0, 0, dataReference, 0, 0, 0, 0, 0, 0, 0, 0, width, height]),
    uint32([dotsPerInch, dotsPerInch, 0]),
    uint16([framesPerSample]),
    Buffer.alloc(32),
    uint16([24, 0xffff]),
    box('avcC', configuration),
  );
}

function lengthAndBytes(parameterSet: Buffer): Buffer {
  return Buffer.concat([uint16([parameterSet.length]), parameterSet]);
}

/** The size of the length field before every NAL unit in a sample. */
export const nalLengthBytes = 4;

/**
 * Prefixes a NAL unit with its length, the form that samples have: a file has no start codes.
 * @see https://www.iso.org/standard/89118.html ISO/IEC 14496-15, section 5.3
 */
export function sampleOf(nalUnit: Buffer): Buffer {
  return Buffer.concat([uint32([nalUnit.length]), nalUnit]);
}
