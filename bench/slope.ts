/** Linear regression over measurements in time. */

export interface Point {
  readonly atMinutes: number;
  readonly value: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** The growth of the values per minute, by least squares; 0 where there are fewer than two moments. */
export function slopePerMinute(points: readonly Point[]): number {
  const at = mean(points.map(({ atMinutes }) => atMinutes));
  const value = mean(points.map((point) => point.value));
  const spread = points.reduce((sum, { atMinutes }) => sum + (atMinutes - at) ** 2, 0);
  const together = points.reduce((sum, point) => sum + (point.atMinutes - at) * (point.value - value), 0);
  return spread === 0 ? 0 : together / spread;
}
