/** Markdown tables, aligned as prettier aligns them, to be pasted into a page. */

/** Prints a table: column names, and rows of as many cells. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    Math.max(3, name.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}

/** Formats a whole number, `1,234`; `n/a` for null. */
export function figure(value: number | null): string {
  return value === null ? 'n/a' : Math.round(value).toLocaleString('en-US');
}

/** Formats several numbers for one cell. */
export function figures(values: readonly (number | null)[]): string {
  return values.map(figure).join(' / ');
}

/** The quantile of some numbers for a share in [0, 1); null where there are none. */
export function quantile(values: readonly number[], share: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? null;
}

/** The median of some numbers; null where there are none. */
export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

/** The minimum, median and maximum of some numbers. */
export function spread(values: readonly number[]): string {
  return figures([Math.min(...values), median(values), Math.max(...values)]);
}
