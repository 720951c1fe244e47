/** An SVG chart: operations per second of each contestant as ratios to the limit, for each job. */
import { jobs } from './jobs.ts';
import type { MeasuredCell } from './summary.ts';

const BAR = 14;
const LABEL_WIDTH = 130;
const FULL_WIDTH = 420;
const TITLE_HEIGHT = 34;
const WIDTH = LABEL_WIDTH + FULL_WIDTH + 70;
/** Longer bars are cut, so that the others stay readable. */
const MOST = 1.25;

/** Highlighted contestants. */
const COLOURS: Readonly<Record<string, string>> = { limit: '#8a8f98', gateway: '#2563eb' };

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function bar(name: string, ratio: number, top: number): string {
  const width = Math.round((Math.min(ratio, MOST) / MOST) * FULL_WIDTH);
  return [
    `<text x="${LABEL_WIDTH - 8}" y="${top + BAR - 3}" text-anchor="end">${escaped(name)}</text>`,
    `<rect x="${LABEL_WIDTH}" y="${top}" width="${width}" height="${BAR - 2}" fill="${COLOURS[name] ?? '#c9a46a'}"/>`,
    `<text x="${LABEL_WIDTH + width + 6}" y="${top + BAR - 3}">× ${ratio.toFixed(2)}</text>`,
  ].join('\n');
}

/** Draws cells, one below the other. */
export function chart(cells: readonly MeasuredCell[]): string {
  const drawn: string[] = [];
  let top = 0;
  for (const { job, latencyMs, concurrency, standings } of cells) {
    const title = `${jobs[job].title.replaceAll('`', '')}: ${concurrency} at once, Graph latency ${latencyMs} ms`;
    drawn.push(`<text x="8" y="${top + TITLE_HEIGHT - 10}" font-weight="bold">${escaped(title)}</text>`);
    top += TITLE_HEIGHT;
    for (const { name, ratios } of standings) {
      drawn.push(bar(name, ratios.perSecond ?? 0, top));
      top += BAR;
    }
  }
  const limitAt = LABEL_WIDTH + Math.round(FULL_WIDTH / MOST);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 12}" width="${WIDTH}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#ffffff"/>
<line x1="${limitAt}" y1="20" x2="${limitAt}" y2="${top + 4}" stroke="#d0d4da"/>
${drawn.join('\n')}
</svg>
`;
}
