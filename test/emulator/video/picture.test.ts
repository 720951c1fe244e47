import { describe, expect, it } from 'vitest';
import { colourOf, createCanvas, macroblockSamples, macroblocksUnder } from '../../../src/emulator/video/canvas.ts';
import { fold, glyph, wrap } from '../../../src/emulator/video/font.ts';
import { canvasHeight, createFilm, pictureWidth } from '../../../src/emulator/video/picture.ts';

const macroblockCount = (pictureWidth / 16) * (canvasHeight / 16);

describe('a film', () => {
  it.each([
    { name: 'ten seconds', durationSeconds: 10, from: 1, to: 19 },
    { name: 'the last frame of a minute', durationSeconds: 75, from: 118, to: 122 },
    { name: 'the step from 99 to 100 minutes', durationSeconds: 6300, from: 11_998, to: 12_002 },
  ])('reports every change from the previous frame as damage: $name', ({ durationSeconds, from, to }) => {
    const film = createFilm({
      seed: 1,
      title: 'Sync',
      durationSeconds,
      framesPerSecond: 2,
      frameCount: 2 * durationSeconds,
    });
    for (let frame = from; frame <= to; frame += 1) {
      const [before, after] = [film.paint(frame - 1), film.paint(frame)];
      const told = new Set(macroblocksUnder(film.damage(frame), pictureWidth));
      const untold = Array.from({ length: macroblockCount }, (_, address) => address).filter(
        (address) =>
          !told.has(address) && !macroblockSamples(before, address).equals(macroblockSamples(after, address)),
      );
      expect(untold, `macroblocks that change untold in frame ${frame}`).toEqual([]);
      expect(told.size, `macroblocks told of in frame ${frame}`).toBeLessThan(20);
    }
  });

  it.each(['', 'x', 'W'.repeat(300), '🎉 Ærø – “Łódź”', '\u0000'])(
    'uses only samples in the video range for the title %j',
    (title) => {
      const film = createFilm({ seed: 3, title, durationSeconds: 9, framesPerSecond: 2, frameCount: 18 });
      const { luma, blueDifference, redDifference } = film.paint(17);
      expect(luma.every((sample) => sample >= 16 && sample <= 235)).toBe(true);
      expect(Buffer.concat([blueDifference, redDifference]).every((sample) => sample >= 16 && sample <= 240)).toBe(
        true,
      );
    },
  );
});

describe('the font', () => {
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

  it('draws every printable ASCII character, each one differently', () => {
    const drawings = printable.map((character) => glyph(character));
    for (const rows of drawings) expect(rows.map((row) => /^[#.]{5}$/u.test(row))).toEqual(Array(9).fill(true));
    expect(new Set(drawings.map((rows) => rows.join('\n'))).size).toBe(95);
  });

  it.each([
    ['Übersicht für Žofie', 'Ubersicht fur Zofie'],
    ['Größe – “Łódź” – ærlig', 'Grosse - "Lodz" - aerlig'],
    ['ﬁve ½ … №', 'five 1?2 ... No'],
    [' two\t\nlines ', 'two lines'],
    ['会議 🎉', '?? ?'],
  ])('folds %j to %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it.each([
    { text: '', columns: 5, lines: [] },
    { text: 'one two three', columns: 7, lines: ['one two', 'three'] },
    { text: 'one two three', columns: 6, lines: ['one', 'two', 'three'] },
    { text: 'a bcdefghij', columns: 4, lines: ['a', 'bcde', 'fghi', 'j'] },
  ])('wraps $text into lines of $columns', ({ text, columns, lines }) => {
    expect(wrap(text, columns)).toEqual(lines);
  });
});

describe('a colour', () => {
  it.each([
    { name: 'black', hsl: [0, 0, 0], samples: [16, 128, 128] },
    { name: 'white', hsl: [0, 0, 1], samples: [235, 128, 128] },
    { name: 'red', hsl: [0, 1, 0.5], samples: [63, 102, 240] },
    { name: 'green', hsl: [120, 1, 0.5], samples: [173, 42, 26] },
    { name: 'blue', hsl: [240, 1, 0.5], samples: [32, 240, 118] },
  ] as const)(
    '$name is $samples in BT.709',
    ({ hsl: [hue, saturation, lightness], samples: [luma, blueDifference, redDifference] }) => {
      expect(colourOf(hue, saturation, lightness)).toEqual({ luma, blueDifference, redDifference });
    },
  );
});

describe('a macroblock', () => {
  it('is sent row by row, luma before the two chroma blocks', () => {
    const canvas = createCanvas(32, 32);
    canvas.luma[(16 + 3) * 32 + 16 + 5] = 100;
    canvas.blueDifference[(8 + 2) * 16 + 8 + 1] = 101;
    canvas.redDifference[(8 + 7) * 16 + 8 + 7] = 102;
    const samples = macroblockSamples(canvas, 3);
    expect([samples.length, samples[3 * 16 + 5], samples[256 + 2 * 8 + 1], samples[383]]).toEqual([384, 100, 101, 102]);
  });

  it.each([
    { rectangle: { x: 15, y: 0, width: 1, height: 1 }, addresses: [0] },
    { rectangle: { x: 15, y: 15, width: 2, height: 2 }, addresses: [0, 1, 2, 3] },
    { rectangle: { x: 16, y: 16, width: 16, height: 16 }, addresses: [3] },
  ])('lies under $rectangle', ({ rectangle, addresses }) => {
    expect(macroblocksUnder([rectangle, rectangle], 32)).toEqual(addresses);
  });
});
