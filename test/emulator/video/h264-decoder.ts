/** The planes of a decoded picture, before cropping. */
interface Planes {
  readonly luma: Buffer;
  readonly blueDifference: Buffer;
  readonly redDifference: Buffer;
}

/** The picture size in a sequence parameter set. */
interface Dimensions {
  readonly codedWidth: number;
  readonly codedHeight: number;
  readonly shownWidth: number;
  readonly shownHeight: number;
}

/**
 * A decoder for only the H.264 features of the emulator's recordings: I_PCM and skipped macroblocks, one slice per
 * picture. It is written from the standard, not from the encoder, and throws at anything else.
 * @see https://www.itu.int/rec/T-REC-H.264 section 7.3
 */
export function createDecoder(sequenceParameterSet: Buffer): Dimensions & { decode(nalUnit: Buffer): Planes } {
  const dimensions = readDimensions(sequenceParameterSet);
  const columns = dimensions.codedWidth / 16;
  const macroblocks = columns * (dimensions.codedHeight / 16);
  let planes: Planes | undefined;
  let previousFrameNumber = 0;

  const decode = (nalUnit: Buffer): Planes => {
    const reader = createReader(nalUnit);
    const isRefresh = readNalUnitType(reader) === 5;
    const frameNumber = readSliceHeader(reader, isRefresh);
    expectField('frame_num', frameNumber, isRefresh ? 0 : previousFrameNumber + 1);
    previousFrameNumber = frameNumber;
    const next = isRefresh ? blank(macroblocks) : copy(planes);
    let address = 0;
    while (address < macroblocks) {
      if (!isRefresh) address += reader.ue();
      if (!reader.hasMore()) break;
      expectField('mb_type', reader.ue(), isRefresh ? 25 : 30);
      reader.align();
      const place = (plane: Buffer, side: number): void => {
        for (let row = 0; row < side; row += 1) {
          const line = Math.floor(address / columns) * side + row;
          reader.bytes(side).copy(plane, (line * columns + (address % columns)) * side);
        }
      };
      place(next.luma, 16);
      place(next.blueDifference, 8);
      place(next.redDifference, 8);
      address += 1;
    }
    expectField('number of macroblocks', address, macroblocks);
    expectField('data after the last macroblock', Number(reader.hasMore()), 0);
    planes = next;
    return next;
  };
  return { ...dimensions, decode };
}

function readNalUnitType(reader: Reader): number {
  expectField('forbidden_zero_bit', reader.u(1), 0);
  if (reader.u(2) === 0) throw new Error('Every NAL unit of a recording is a reference, and this one is not.');
  return reader.u(5);
}

function readSliceHeader(reader: Reader, isRefresh: boolean): number {
  expectField('first_mb_in_slice', reader.ue(), 0);
  expectField('slice_type', reader.ue(), isRefresh ? 7 : 5);
  expectField('pic_parameter_set_id', reader.ue(), 0);
  const frameNumber = reader.u(4);
  if (isRefresh) expectField('idr_pic_id', reader.ue(), 0);
  if (isRefresh) expectField('no_output_of_prior_pics_flag and long_term_reference_flag', reader.u(2), 0);
  else expectField('override, modification and adaptive marking flags', reader.u(3), 0);
  expectField('slice_qp_delta', reader.ue(), 0);
  expectField('disable_deblocking_filter_idc', reader.ue(), 1);
  return frameNumber;
}

function readDimensions(sequenceParameterSet: Buffer): Dimensions {
  const reader = createReader(sequenceParameterSet);
  expectField('nal_unit_type', readNalUnitType(reader), 7);
  expectField('profile_idc', reader.u(8), 66);
  expectField('constraint flags', reader.u(8), 0b1100_0000);
  expectField('level_idc', reader.u(8), 13);
  expectField('seq_parameter_set_id', reader.ue(), 0);
  expectField('log2_max_frame_num_minus4', reader.ue(), 0);
  expectField('pic_order_cnt_type', reader.ue(), 2);
  expectField('max_num_ref_frames', reader.ue(), 1);
  expectField('gaps_in_frame_num_value_allowed_flag', reader.u(1), 0);
  const codedWidth = 16 * (reader.ue() + 1);
  const codedHeight = 16 * (reader.ue() + 1);
  expectField('frame_mbs_only_flag, direct_8x8_inference_flag and frame_cropping_flag', reader.u(3), 0b111);
  const [left, right, top, bottom] = [reader.ue(), reader.ue(), reader.ue(), reader.ue()];
  return {
    codedWidth,
    codedHeight,
    shownWidth: codedWidth - 2 * (left + right),
    shownHeight: codedHeight - 2 * (top + bottom),
  };
}

type Reader = ReturnType<typeof createReader>;

function createReader(nalUnit: Buffer) {
  // 00 00 followed by 00 to 03 would have to be escaped: section 7.4.1.
  const escape = nalUnit.findIndex((byte, at) => byte <= 3 && at >= 2 && nalUnit.readUInt16BE(at - 2) === 0);
  if (escape !== -1)
    throw new Error(`A NAL unit has an unescaped ${nalUnit[escape]} after two zero bytes at ${escape}.`);
  let position = 0;
  const lastByte = nalUnit.at(-1) ?? 0;
  const stopBit = nalUnit.length * 8 - 1 - Math.log2(lastByte & -lastByte);
  const u = (bitCount: number): number => {
    let value = 0;
    for (let bit = 0; bit < bitCount; bit += 1, position += 1) {
      value = 2 * value + ((nalUnit.readUInt8(position >> 3) >> (7 - (position & 7))) & 1);
    }
    return value;
  };
  return {
    u,
    ue(): number {
      let zeros = 0;
      while (u(1) === 0) zeros += 1;
      return 2 ** zeros - 1 + u(zeros);
    },
    align(): void {
      expectField('pcm_alignment_zero_bits', u((8 - (position % 8)) % 8), 0);
    },
    bytes(count: number): Buffer {
      const start = position / 8;
      position += 8 * count;
      return nalUnit.subarray(start, start + count);
    },
    hasMore: (): boolean => position < stopBit,
  };
}

function blank(macroblocks: number): Planes {
  return {
    luma: Buffer.alloc(256 * macroblocks),
    blueDifference: Buffer.alloc(64 * macroblocks),
    redDifference: Buffer.alloc(64 * macroblocks),
  };
}

function copy(planes: Planes | undefined): Planes {
  if (planes === undefined) throw new Error('A predicted picture came before any that it could be predicted from.');
  return {
    luma: Buffer.from(planes.luma),
    blueDifference: Buffer.from(planes.blueDifference),
    redDifference: Buffer.from(planes.redDifference),
  };
}

function expectField(name: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${name} is ${expected} in a recording, and ${actual} came.`);
}
