/** The timeline: recordings by the day on which they were made, in the viewer's time zone. */

/** The time of a recording. */
export interface Dated {
  readonly createdDateTime: string | null;
}

/** A day and its recordings. */
export interface Day<Recording> {
  /** `2026-11-23`; `unknown` for recordings without a known time. */
  readonly date: string;
  /** The newest first. */
  readonly recordings: readonly Recording[];
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** The date in the local time zone, not in UTC: `2026-11-23`. */
function localDate(date: Date): string {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** The time of a recording in milliseconds; the earliest possible where it is unknown. */
function timeOf({ createdDateTime }: Dated): number {
  const ms = Date.parse(createdDateTime ?? '');
  return Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms;
}

/**
 * Groups recordings by day, the newest first. Graph promises no order, so this sorts only the loaded recordings: later
 * pages may belong in between.
 */
export function groupByDay<Recording extends Dated>(recordings: readonly Recording[]): Day<Recording>[] {
  const days = new Map<string, Recording[]>();
  for (const recording of recordings.toSorted((a, b) => timeOf(b) - timeOf(a) || 0)) {
    const ms = timeOf(recording);
    const date = Number.isFinite(ms) ? localDate(new Date(ms)) : 'unknown';
    const day = days.get(date) ?? [];
    days.set(date, day);
    day.push(recording);
  }
  return [...days].map(([date, dayRecordings]) => ({ date, recordings: dayRecordings }));
}

/** The label of a day: today, yesterday, or its weekday and date, with the year if it is not the current one. */
export function dayLabel(date: string, now: Date, locale?: string): { readonly name: string; readonly date: string } {
  if (date === 'unknown') return { name: 'Unknown date', date: '' };
  // Noon, so that daylight saving cannot move it to another day.
  const noon = new Date(`${date}T12:00:00`);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const text = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    ...(noon.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
  }).format(noon);
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(noon);
  if (date === localDate(now)) return { name: 'Today', date: text };
  return { name: date === localDate(yesterday) ? 'Yesterday' : weekday, date: text };
}

/** The time of day in the locale's format: `11:18`. */
export function timeText(dateTime: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(new Date(dateTime));
}

/** A duration: `45 min`, `1 h 05 min`, `less than a minute`; null where it is unknown. */
export function durationText(start: string | null, end: string | null): string | null {
  const minutes = Math.round((Date.parse(end ?? '') - Date.parse(start ?? '')) / 60_000);
  if (Number.isNaN(minutes) || minutes < 0) return null;
  if (minutes === 0) return 'less than a minute';
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}
