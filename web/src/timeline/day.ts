/** The timeline: recordings by the day on which they were made, in the time zone of whoever looks. */

/** What is known of when a recording was made. */
export interface Dated {
  readonly createdDateTime: string | null;
}

/** A day, and what was recorded on it. */
export interface Day<Recording> {
  /** `2026-11-23`; `unknown` for recordings of which nobody knows when they were made. */
  readonly date: string;
  /** The newest first. */
  readonly recordings: readonly Recording[];
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** The date in the local time zone, `2026-11-23`: what a calendar on the wall says, and not what UTC does. */
function localDate(date: Date): string {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** When something was recorded, in milliseconds; the beginning of time where nobody knows. */
function timeOf({ createdDateTime }: Dated): number {
  const ms = Date.parse(createdDateTime ?? '');
  return Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms;
}

/**
 * Puts recordings in order, the newest first, by day. Graph promises no order, so that this is the order of what was loaded:
 * what comes later may belong between.
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

/** What a day is called: today, yesterday, or its weekday and date, with the year where it is not this one. */
export function dayLabel(date: string, now: Date, locale?: string): { readonly name: string; readonly date: string } {
  if (date === 'unknown') return { name: 'Undated', date: '' };
  // Noon, so that no change of the clocks can move it to another day.
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

/** When on its day something was: `11:18`, as it is written here. */
export function timeText(dateTime: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(new Date(dateTime));
}

/** How long something lasted: `45 min`, `1 h 05 min`, `less than a minute`; null where nobody knows. */
export function durationText(start: string | null, end: string | null): string | null {
  const minutes = Math.round((Date.parse(end ?? '') - Date.parse(start ?? '')) / 60_000);
  if (Number.isNaN(minutes) || minutes < 0) return null;
  if (minutes === 0) return 'less than a minute';
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}
