/** The summary of slices: their median, and the median of their ratios to the limit's slice of the same round. */
import { median } from '../table.ts';
import type { Cell, Figures } from './race.ts';

export const MEASURES = [
  'perSecond',
  'p50Ms',
  'p99Ms',
  'cpuMs',
  'residentBytes',
  'requests',
  'parts',
] as const satisfies readonly (keyof Figures)[];

export type Measure = (typeof MEASURES)[number];

export interface Standing {
  readonly name: string;
  /** The median of each measure; null where it could not be read. */
  readonly values: Readonly<Record<Measure, number | null>>;
  /** The same as a ratio to the limit, round by round. */
  readonly ratios: Readonly<Record<Measure, number | null>>;
}

export interface MeasuredCell extends Cell {
  readonly standings: readonly Standing[];
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function each(valueOf: (measure: Measure) => number | null): Record<Measure, number | null> {
  return {
    perSecond: valueOf('perSecond'),
    p50Ms: valueOf('p50Ms'),
    p99Ms: valueOf('p99Ms'),
    cpuMs: valueOf('cpuMs'),
    residentBytes: valueOf('residentBytes'),
    requests: valueOf('requests'),
    parts: valueOf('parts'),
  };
}

function ratio(value: number | null, base: number | null | undefined): number | null {
  return value === null || !base ? null : value / base;
}

/** Summarizes the slices of a cell, by name, each relative to the limit's slice of the same round. */
export function summarize(cell: Cell, figures: ReadonlyMap<string, readonly Figures[]>, limit: string): MeasuredCell {
  const bases = figures.get(limit) ?? [];
  const standings = Array.from(figures, ([name, slices]) => ({
    name,
    values: each((measure) => median(present(slices.map((slice) => slice[measure])))),
    ratios: each((measure) =>
      median(present(slices.map((slice, round) => ratio(slice[measure], bases[round]?.[measure])))),
    ),
  }));
  return { ...cell, standings };
}
