/** The canvas on which frames are painted, and its macroblocks. */
import { glyph, glyphColumns, glyphRows } from './font.ts';

/** The side of a macroblock, the unit in which H.264 codes a picture, in luma samples. */
export const macroblockSide = 16;

/**
 * A picture in the only sampling of the Baseline profile: one luma sample for each pixel, and a pair of chroma samples
 * for each square of four. Both sides are whole macroblocks.
 * @see https://www.itu.int/rec/T-REC-H.264 sections 6.2 and A.2.1
 */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly luma: Buffer;
  readonly blueDifference: Buffer;
  readonly redDifference: Buffer;
}

/** A part of a picture, in pixels from its upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A color as samples of a canvas. */
export interface Colour {
  readonly luma: number;
  readonly blueDifference: number;
  readonly redDifference: number;
}

/** Creates an unpainted canvas, width and height in pixels. All of it must be painted before it is coded. */
export function createCanvas(width: number, height: number): Canvas {
  const chromaSamples = (width / 2) * (height / 2);
  return {
    width,
    height,
    luma: Buffer.alloc(width * height),
    blueDifference: Buffer.alloc(chromaSamples),
    redDifference: Buffer.alloc(chromaSamples),
  };
}

/** Copies a canvas, to paint on without changing the original. */
export function copyCanvas(canvas: Canvas): Canvas {
  return {
    ...canvas,
    luma: Buffer.from(canvas.luma),
    blueDifference: Buffer.from(canvas.blueDifference),
    redDifference: Buffer.from(canvas.redDifference),
  };
}

/**
 * The color of a hue (0 to 360 degrees), a saturation and a lightness (0 to 1), in BT.709's matrix and in video range:
 * luma from 16 to 235, chroma from 16 to 240. Because no sample is ever zero, the bitstream needs no escape bytes.
 * @see https://www.w3.org/TR/css-color-4/#hsl-to-rgb
 * @see https://www.itu.int/rec/R-REC-BT.709 items 3.2 to 3.4
 */
export function colourOf(hueDegrees: number, saturation: number, lightness: number): Colour {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const primary = (offset: number): number => {
    const sector = (offset + hueDegrees / 30) % 12;
    return lightness - amplitude * Math.max(-1, Math.min(sector - 3, 9 - sector, 1));
  };
  const [red, green, blue] = [primary(0), primary(8), primary(4)];
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return {
    luma: Math.round(16 + 219 * luma),
    blueDifference: Math.round(128 + (224 * (blue - luma)) / 1.8556),
    redDifference: Math.round(128 + (224 * (red - luma)) / 1.5748),
  };
}

/** Fills a rectangle with one color. Chroma has half the resolution, so an odd edge tints the adjacent pixel. */
export function fillRectangle(canvas: Canvas, { x, y, width, height }: Rectangle, colour: Colour): void {
  if (width <= 0 || height <= 0) return;
  for (let row = y; row < y + height; row += 1) {
    const start = row * canvas.width + x;
    canvas.luma.fill(colour.luma, start, start + width);
  }
  const left = Math.floor(x / 2);
  const right = Math.ceil((x + width) / 2);
  for (let row = Math.floor(y / 2); row < (y + height) / 2; row += 1) {
    const start = (row * canvas.width) / 2;
    canvas.blueDifference.fill(colour.blueDifference, start + left, start + right);
    canvas.redDifference.fill(colour.redDifference, start + left, start + right);
  }
}

/** Fills the largest disc inside a square. */
export function fillDisc(canvas: Canvas, square: Rectangle, colour: Colour): void {
  const radius = square.width / 2;
  for (let row = 0; row < square.height; row += 1) {
    const half = Math.round(Math.sqrt(radius ** 2 - (row + 0.5 - radius) ** 2));
    const x = square.x + radius - half;
    fillRectangle(canvas, { x, y: square.y + row, width: 2 * half, height: 1 }, colour);
  }
}

/** The box of a character in a line of text. Glyphs are one dot apart, and a dot is `scale` pixels wide and high. */
export function characterBox(x: number, y: number, scale: number, index: number): Rectangle {
  return {
    x: x + index * (glyphColumns + 1) * scale,
    y,
    width: glyphColumns * scale,
    height: glyphRows * scale,
  };
}

/** Draws a line of folded text whose upper left corner is at (x, y). */
export function drawText(canvas: Canvas, text: string, x: number, y: number, scale: number, colour: Colour): void {
  for (const [index, character] of Array.from(text).entries()) {
    const box = characterBox(x, y, scale, index);
    for (const [row, dots] of glyph(character).entries()) {
      for (const [column, dot] of Array.from(dots).entries()) {
        const square = { x: box.x + column * scale, y: box.y + row * scale, width: scale, height: scale };
        if (dot === '#') fillRectangle(canvas, square, colour);
      }
    }
  }
}

/** The addresses of the macroblocks that the rectangles touch, ascending and each once. They count in raster order. */
export function macroblocksUnder(rectangles: readonly Rectangle[], canvasWidth: number): readonly number[] {
  const addresses = new Set<number>();
  for (const { x, y, width, height } of rectangles) {
    for (let row = Math.floor(y / macroblockSide); row * macroblockSide < y + height; row += 1) {
      for (let column = Math.floor(x / macroblockSide); column * macroblockSide < x + width; column += 1) {
        addresses.add((row * canvasWidth) / macroblockSide + column);
      }
    }
  }
  return [...addresses].toSorted((one, other) => one - other);
}

/** The samples of one macroblock as I_PCM transmits them: 256 of luma, 64 of Cb, 64 of Cr, each in raster order. */
export function macroblockSamples(canvas: Canvas, address: number): Buffer {
  const macroblocksPerRow = canvas.width / macroblockSide;
  const column = address % macroblocksPerRow;
  const row = Math.floor(address / macroblocksPerRow);
  const block = (plane: Buffer, planeWidth: number, side: number): Buffer[] =>
    Array.from({ length: side }, (_, line) => {
      const start = (row * side + line) * planeWidth + column * side;
      return plane.subarray(start, start + side);
    });
  return Buffer.concat([
    ...block(canvas.luma, canvas.width, macroblockSide),
    ...block(canvas.blueDifference, canvas.width / 2, macroblockSide / 2),
    ...block(canvas.redDifference, canvas.width / 2, macroblockSide / 2),
  ]);
}
