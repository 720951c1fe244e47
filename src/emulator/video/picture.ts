/** The pictures of a recording: what is painted in each frame, and what changes between frames. */
import { characterBox, colourOf, copyCanvas, createCanvas, drawText, fillDisc, fillRectangle } from './canvas.ts';
import type { Canvas, Colour, Rectangle } from './canvas.ts';
import { fold, wrap } from './font.ts';

/** The visible size in pixels. The canvas is higher, up to the next whole macroblock, and is cropped to this. */
export const pictureWidth = 320;
export const pictureHeight = 180;
export const canvasHeight = 192;

/** A film. Each frame can be painted independently; `damage` says where it differs from the one before, unpainted. */
export interface Film {
  readonly damage: (frame: number) => readonly Rectangle[];
  readonly paint: (frame: number) => Canvas;
}

/** An element that changes from frame to frame, on a fixed background. */
type Part = { damage(frame: number): readonly Rectangle[]; paint(canvas: Canvas, frame: number): void };

const margin = 16;
const titleTop = 38;
const titleHeight = 92;
const clockTop = 138;
const smallScale = 2;
const bar: Rectangle = { x: margin, y: 162, width: pictureWidth - 2 * margin, height: 6 };
const lamp: Rectangle = { x: margin, y: 16, width: 12, height: 12 };

const white: Colour = { luma: 235, blueDifference: 128, redDifference: 128 };

/**
 * Creates the film of a recording: the title on a background in a color chosen by the seed, a lamp that blinks every
 * second, a progress bar, and the elapsed minutes and seconds. The same options paint the same pixels.
 */
export function createFilm(options: {
  seed: number;
  title: string;
  durationSeconds: number;
  framesPerSecond: number;
  frameCount: number;
}): Film {
  const { seed, title, durationSeconds, framesPerSecond, frameCount } = options;
  const parts = [createClock(framesPerSecond), createProgressBar(frameCount), createLamp(framesPerSecond)];
  let background: Canvas | undefined;
  return {
    damage: (frame) => parts.flatMap((part) => part.damage(frame)),
    paint(frame) {
      background ??= paintBackground(seed, title, durationSeconds);
      const canvas = copyCanvas(background);
      for (const part of parts) part.paint(canvas, frame);
      return canvas;
    },
  };
}

function createClock(framesPerSecond: number): Part {
  const reading = (frame: number): string => minutesAndSeconds(frame / framesPerSecond);
  return {
    damage(frame) {
      const before = reading(frame - 1);
      return Array.from(reading(frame)).flatMap((digit, index) =>
        digit === before[index] ? [] : [characterBox(margin, clockTop, smallScale, index)],
      );
    },
    paint: (canvas, frame) => drawText(canvas, reading(frame), margin, clockTop, smallScale, white),
  };
}

function createProgressBar(frameCount: number): Part {
  const filled = (frame: number): number => Math.round((bar.width * frame) / Math.max(frameCount - 1, 1));
  return {
    damage(frame) {
      const before = filled(frame - 1);
      const added = filled(frame) - before;
      return added === 0 ? [] : [{ ...bar, x: bar.x + before, width: added }];
    },
    paint: (canvas, frame) => fillRectangle(canvas, { ...bar, width: filled(frame) }, white),
  };
}

function createLamp(framesPerSecond: number): Part {
  const red = colourOf(0, 0.85, 0.55);
  const isLit = (frame: number): boolean => frame % framesPerSecond < framesPerSecond / 2;
  return {
    damage: (frame) => (isLit(frame) === isLit(frame - 1) ? [] : [lamp]),
    paint(canvas, frame) {
      if (isLit(frame)) fillDisc(canvas, lamp, red);
    },
  };
}

function paintBackground(seed: number, title: string, durationSeconds: number): Canvas {
  const canvas = createCanvas(pictureWidth, canvasHeight);
  const shade = shadesOf(seed);
  for (let y = 0; y < canvasHeight; y += 1) {
    fillRectangle(canvas, { x: 0, y, width: pictureWidth, height: 1 }, shade(0.42 - 0.22 * (y / canvasHeight)));
  }
  const faint = shade(0.75);
  fillDisc(canvas, lamp, shade(0.25));
  drawText(canvas, 'Recording', lamp.x + lamp.width + 8, 15, smallScale, faint);
  paintTitle(canvas, fold(title));
  const total = minutesAndSeconds(durationSeconds);
  const { x, width } = characterBox(0, clockTop, smallScale, total.length - 1);
  drawText(canvas, total, pictureWidth - margin - x - width, clockTop, smallScale, faint);
  fillRectangle(canvas, bar, shade(0.55));
  return canvas;
}

/** Paints the title as large as it fits. A title too long even for the smallest letters ends in three dots. */
function paintTitle(canvas: Canvas, title: string): void {
  const { scale, lineHeight, lines } = layOutTitle(title, 4);
  const top = titleTop + Math.floor((titleHeight - lines.length * lineHeight) / 2);
  for (const [index, line] of lines.entries()) drawText(canvas, line, margin, top + index * lineHeight, scale, white);
}

function layOutTitle(title: string, scale: number): { scale: number; lineHeight: number; lines: readonly string[] } {
  const pitch = characterBox(0, 0, scale, 1).x;
  const columns = Math.floor((pictureWidth - 2 * margin + scale) / pitch);
  const lineHeight = 10 * scale;
  const rows = Math.floor(titleHeight / lineHeight);
  const lines = wrap(title, columns);
  if (lines.length <= rows) return { scale, lineHeight, lines };
  if (scale > smallScale) return layOutTitle(title, scale - 1);
  const last = lines[rows - 1] ?? '';
  return { scale, lineHeight, lines: [...lines.slice(0, rows - 1), `${last.slice(0, columns - 3)}...`] };
}

/** Steps of the golden angle around the color circle give neighboring seeds clearly different colors. */
function shadesOf(seed: number): (lightness: number) => Colour {
  const hueDegrees = (((seed * 137.508) % 360) + 360) % 360;
  return (lightness) => colourOf(hueDegrees, 0.45, lightness);
}

function minutesAndSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  return [Math.floor(whole / 60), whole % 60].map((value) => String(value).padStart(2, '0')).join(':');
}
