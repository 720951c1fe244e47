import { describe, expect, it } from 'vitest';
import { createFilm } from '../../../src/emulator/video/picture.ts';
import { createVideo } from '../../../src/emulator/video/video.ts';
import { createDecoder } from './h264-decoder.ts';
import { boxAt, boxPaths, readBoxes, readParameterSets, readSamples, tableAt } from './mp4-reader.ts';

const table = 'moov/trak/mdia/minf/stbl';
const options = { seed: 7, durationSeconds: 12.3, title: 'Weekly sync' };

function whole(settings: Parameters<typeof createVideo>[0]): Buffer {
  const video = createVideo(settings);
  return video.read(0, video.sizeBytes);
}

describe('the boxes of a video', () => {
  it('begin with the index, so a player can start before it has the samples', () => {
    expect(boxPaths(whole(options))).toEqual([
      'ftyp',
      'moov',
      'moov/mvhd',
      'moov/trak',
      'moov/trak/tkhd',
      'moov/trak/mdia',
      'moov/trak/mdia/mdhd',
      'moov/trak/mdia/hdlr',
      'moov/trak/mdia/minf',
      'moov/trak/mdia/minf/vmhd',
      'moov/trak/mdia/minf/dinf',
      'moov/trak/mdia/minf/dinf/dref',
      table,
      ...['stsd', 'stts', 'stss', 'stsc', 'stsz', 'stco'].map((type) => `${table}/${type}`),
      'mdat',
    ]);
  });

  it.each([
    { durationSeconds: 0.2, stts: [[1, 200]], stss: [[1]], stsc: [[1, 1, 1]] },
    { durationSeconds: 5, stts: [[9, 500], [1, 500]], stss: [[1]], stsc: [[1, 10, 1]] }, // prettier-ignore
    { durationSeconds: 12.3, stts: [[24, 500], [1, 300]], stss: [[1], [11], [21]], stsc: [[1, 10, 1], [3, 5, 1]] }, // prettier-ignore
  ])('describe $durationSeconds seconds to the millisecond', ({ durationSeconds, stts, stss, stsc }) => {
    const file = whole({ ...options, durationSeconds });
    expect(tableAt(file, `${table}/stts`, 2)).toEqual(stts);
    expect(tableAt(file, `${table}/stss`, 1)).toEqual(stss);
    expect(tableAt(file, `${table}/stsc`, 3)).toEqual(stsc);
    expect(boxAt(file, 'moov/mvhd').readUInt32BE(16)).toBe(durationSeconds * 1000);
    expect(boxAt(file, 'moov/trak/tkhd').readUInt32BE(20)).toBe(durationSeconds * 1000);
    expect(boxAt(file, 'moov/trak/mdia/mdhd').readUInt32BE(16)).toBe(durationSeconds * 1000);
  });

  it('contain consecutive samples that fill the media data box exactly', () => {
    const file = whole(options);
    const samples = readSamples(file);
    expect(samples).toHaveLength(25);
    expect(Buffer.concat(samples).equals(boxAt(file, 'mdat'))).toBe(true);
    for (const sample of samples) expect(sample.readUInt32BE(0)).toBe(sample.length - 4);
  });

  it('use 64 bits for sizes and offsets when 32 are too few', () => {
    const video = createVideo({ ...options, durationSeconds: 60 * 3600 });
    const headBytes = 8_000_000;
    const head = video.read(0, headBytes);
    const index = readBoxes(head.subarray(0, 32 + head.readUInt32BE(32)));
    expect(index.map(({ type }) => type)).toEqual(['ftyp', 'moov']);
    const mediaData = index.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(head.readUInt32BE(mediaData)).toBe(1);
    expect(mediaData + Number(head.readBigUInt64BE(mediaData + 8))).toBe(video.sizeBytes);
    const offsets = boxAt(head.subarray(0, mediaData), `${table}/co64`);
    const last = Number(offsets.readBigUInt64BE(offsets.length - 8));
    expect(last).toBeGreaterThan(2 ** 32);
    expect(video.read(last + 4, last + 5)).toEqual(Buffer.from([0x65]));
  });
});

describe('the pictures of a video', () => {
  it('decode to the painted frames, in every sample', () => {
    const file = whole(options);
    const film = createFilm({ ...options, framesPerSecond: 2, frameCount: 25 });
    const decoder = createDecoder(readParameterSets(file).sequenceParameterSet);
    expect(decoder).toMatchObject({ codedWidth: 320, codedHeight: 192, shownWidth: 320, shownHeight: 180 });
    for (const [frame, sample] of readSamples(file).entries()) {
      const { luma, blueDifference, redDifference } = decoder.decode(sample.subarray(4));
      const painted = film.paint(frame);
      expect(luma.equals(painted.luma), `luma of frame ${frame}`).toBe(true);
      expect(blueDifference.equals(painted.blueDifference), `Cb of frame ${frame}`).toBe(true);
      expect(redDifference.equals(painted.redDifference), `Cr of frame ${frame}`).toBe(true);
    }
  });

  it('are refresh pictures exactly where the index has sync samples', () => {
    const file = whole(options);
    const refreshes = readSamples(file).flatMap((sample, index) => (sample[4] === 0x65 ? [[index + 1]] : []));
    expect(tableAt(file, `${table}/stss`, 1)).toEqual(refreshes);
  });

  it.each([
    { seed: 8, title: 'Weekly sync' },
    { seed: 7, title: 'Daily sync' },
  ])('differ by seed and title: $seed, $title', (change) => {
    expect(whole({ ...options, ...change }).equals(whole(options))).toBe(false);
  });
});

describe('reading a video', () => {
  it.each([1, 7, 4096, 65_537, 92_700])('returns the same bytes in steps of %i as at once', (stepBytes) => {
    const once = whole(options);
    const video = createVideo(options);
    const from = stepBytes === 1 ? once.length - 9000 : 0;
    const parts: Buffer[] = [];
    for (let at = from; at < once.length; at += stepBytes) {
      parts.push(video.read(at, Math.min(at + stepBytes, once.length)));
    }
    expect(Buffer.concat(parts).equals(once.subarray(from))).toBe(true);
  });

  it('returns the same bytes in reverse order, and again', () => {
    const video = createVideo(options);
    const half = Math.floor(video.sizeBytes / 2);
    const end = video.read(half, video.sizeBytes);
    expect(Buffer.concat([video.read(0, half), end]).equals(whole(options))).toBe(true);
    expect(video.read(half, video.sizeBytes).equals(end)).toBe(true);
  });

  it.each([
    [-1, 5],
    [5, 4],
    [0, 10_000_000],
    [0.5, 2],
    [Number.NaN, 2],
  ])('refuses the range from %d to %d', (startByte, endByte) => {
    expect(() => createVideo(options).read(startByte, endByte)).toThrow(
      `A range must lie between 0 and ${createVideo(options).sizeBytes} bytes, but is from ${startByte} to ${endByte}.`,
    );
  });

  it('returns nothing for an empty range', () => {
    const video = createVideo(options);
    for (const at of [0, 500, video.sizeBytes]) expect(video.read(at, at)).toHaveLength(0);
  });
});

describe('padding a video', () => {
  const { sizeBytes } = createVideo(options);

  it.each([sizeBytes, sizeBytes + 8, sizeBytes + 9, sizeBytes + 100_000])('returns exactly %i bytes', (padToBytes) => {
    const file = whole({ ...options, padToBytes });
    expect(file).toHaveLength(padToBytes);
    expect(file.subarray(0, sizeBytes).equals(whole(options))).toBe(true);
    const behind = readBoxes(file).slice(3);
    expect(behind.map((box) => [box.type, box.sizeBytes])).toEqual(
      padToBytes === sizeBytes ? [] : [['free', padToBytes - sizeBytes]],
    );
    expect(behind.every(({ content }) => content.every((byte) => byte === 0))).toBe(true);
  });

  it.each([
    { padToBytes: 2 ** 31, header: [2 ** 31 - sizeBytes] },
    { padToBytes: sizeBytes + 2 ** 32 - 1, header: [2 ** 32 - 1] },
    { padToBytes: sizeBytes + 2 ** 32, header: [1, 1, 0] },
    { padToBytes: 2 ** 40, header: [1, 2 ** 8 - 1, 2 ** 32 - sizeBytes] },
  ])('ends in a box of zeros that extends the file to $padToBytes bytes', ({ padToBytes, header }) => {
    const video = createVideo({ ...options, padToBytes });
    expect(video.sizeBytes).toBe(padToBytes);
    expect(video.read(padToBytes - 65_536, padToBytes).equals(Buffer.alloc(65_536))).toBe(true);
    const start = video.read(sizeBytes, sizeBytes + 16);
    const [sizeField, ...largeSize] = header;
    expect(start.readUInt32BE(0)).toBe(sizeField);
    expect(start.toString('latin1', 4, 8)).toBe('free');
    expect([start.readUInt32BE(8), start.readUInt32BE(12)]).toEqual(largeSize.length > 0 ? largeSize : [0, 0]);
  });

  it.each([sizeBytes - 1, sizeBytes + 1, sizeBytes + 7, sizeBytes + 8.5, Number.NaN])(
    'to %d bytes is refused',
    (padToBytes) => {
      expect(() => createVideo({ ...options, padToBytes })).toThrow(
        new RangeError(
          `This video has ${sizeBytes} bytes. padToBytes must be equal or at least 8 more (the smallest box), but is ${padToBytes}.`,
        ),
      );
    },
  );
});

describe('creating a video', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 4_294_968])(
    'refuses a duration of %d seconds',
    (durationSeconds) => {
      expect(() => createVideo({ ...options, durationSeconds })).toThrow(
        `A video must last from 0.001 to 4294967.295 seconds, but durationSeconds is ${durationSeconds}.`,
      );
    },
  );

  it('refuses a seed that is not a number', () => {
    expect(() => createVideo({ ...options, seed: Number.NaN })).toThrow(
      'The seed of a video must be a finite number, but is NaN.',
    );
  });

  it.each([
    { durationSeconds: 60, mostBytes: 1_300_000 },
    { durationSeconds: 45 * 60, mostBytes: 55_000_000 },
  ])('keeps $durationSeconds seconds within $mostBytes bytes', ({ durationSeconds, mostBytes }) => {
    expect(createVideo({ ...options, durationSeconds }).sizeBytes).toBeLessThan(mostBytes);
  });
});
