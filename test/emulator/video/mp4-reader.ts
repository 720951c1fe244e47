/** A box of a file: its type, its start in the file, and its content. */
interface Box {
  readonly type: string;
  readonly startByte: number;
  readonly sizeBytes: number;
  readonly content: Buffer;
}

/** Boxes that contain only boxes. */
const containers: ReadonlySet<string> = new Set(['moov', 'trak', 'mdia', 'minf', 'dinf', 'stbl']);

/** The boxes of a file or of a box, in order; throws when they do not fill it exactly. ISO/IEC 14496-12, section 4.2. */
export function readBoxes(bytes: Buffer): readonly Box[] {
  const boxes: Box[] = [];
  let startByte = 0;
  while (startByte < bytes.length) {
    const compactSize = bytes.readUInt32BE(startByte);
    const isLarge = compactSize === 1;
    const sizeBytes = isLarge ? Number(bytes.readBigUInt64BE(startByte + 8)) : compactSize;
    const endByte = startByte + sizeBytes;
    if (endByte > bytes.length) throw new Error(`The box at ${startByte} ends at ${endByte}, past ${bytes.length}.`);
    boxes.push({
      type: bytes.toString('latin1', startByte + 4, startByte + 8),
      startByte,
      sizeBytes,
      content: bytes.subarray(startByte + (isLarge ? 16 : 8), endByte),
    });
    startByte = endByte;
  }
  return boxes;
}

/** The path of every box in a file, such as `moov/trak/tkhd`, with the contents of containers. */
export function boxPaths(bytes: Buffer, above = ''): readonly string[] {
  return readBoxes(bytes).flatMap(({ type, content }) => [
    `${above}${type}`,
    ...(containers.has(type) ? boxPaths(content, `${above}${type}/`) : []),
  ]);
}

/** The content of the box at a path; throws when there is none. */
export function boxAt(bytes: Buffer, path: string): Buffer {
  return path.split('/').reduce((content, type) => {
    const found = readBoxes(content).find((box) => box.type === type);
    if (found === undefined) throw new Error(`There is no ${type} on the path ${path}.`);
    return found.content;
  }, bytes);
}

/** The rows of a table box: version and flags, a count, then `columns` fields of 32 bits in each row. */
export function tableAt(bytes: Buffer, path: string, columns: number): readonly (readonly number[])[] {
  const content = boxAt(bytes, path);
  const rows = content.readUInt32BE(4);
  if (content.length !== 8 + rows * columns * 4) throw new Error(`${path} has not the ${rows} rows it announces.`);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => content.readUInt32BE(8 + 4 * (row * columns + column))),
  );
}

/** The samples of a file, located through the chunk tables as a player does. Sections 8.7.3 to 8.7.5. */
export function readSamples(file: Buffer): readonly Buffer[] {
  const table = 'moov/trak/mdia/minf/stbl';
  const sizes = boxAt(file, `${table}/stsz`);
  const runs = tableAt(file, `${table}/stsc`, 3);
  const samples: Buffer[] = [];
  for (const [chunk, [offset = 0]] of tableAt(file, `${table}/stco`, 1).entries()) {
    const [, samplesInChunk = 0] = runs.findLast(([firstChunk = 0]) => firstChunk <= chunk + 1) ?? [];
    let startByte = offset;
    for (let count = 0; count < samplesInChunk; count += 1) {
      const endByte = startByte + sizes.readUInt32BE(12 + 4 * samples.length);
      samples.push(file.subarray(startByte, endByte));
      startByte = endByte;
    }
  }
  if (samples.length !== sizes.readUInt32BE(8)) throw new Error('The chunks hold another number of samples than stsz.');
  return samples;
}

/** The parameter sets of an avcC box. ISO/IEC 14496-15, section 5.3.3.1. */
export function readParameterSets(file: Buffer): { sequenceParameterSet: Buffer; pictureParameterSet: Buffer } {
  const description = boxAt(file, 'moov/trak/mdia/minf/stbl/stsd');
  const entry = boxAt(description.subarray(8), 'avc1');
  const configuration = boxAt(entry.subarray(78), 'avcC');
  const sequenceEnd = 8 + configuration.readUInt16BE(6);
  const pictureStart = sequenceEnd + 3;
  return {
    sequenceParameterSet: configuration.subarray(8, sequenceEnd),
    pictureParameterSet: configuration.subarray(
      pictureStart,
      pictureStart + configuration.readUInt16BE(sequenceEnd + 1),
    ),
  };
}
