/**
 * The tenant of the stand-in: any number of organizers, each with fifty meetings that were recorded twice. Organizers
 * differ only in their id, so replies and requests are prepared with a placeholder for it.
 */

/** Placeholder for an organizer's id, of the same length. */
export const ORGANIZER = 'oooooooo-oooo-oooo-oooo-oooooooooooo';

export const MEETINGS = 50;

/** The object id of an organizer, by number. */
export function organizerOf(number: number): string {
  return `5eed0000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** Creates a function that replaces the placeholder in a text by an organizer's id. */
export function template(text: string): (organizer: string) => string {
  const pieces = text.split(ORGANIZER);
  return (organizer) => pieces.join(organizer);
}

/** A meeting id as long as Graph's. */
export function meetingId(meeting: number): string {
  const number = String(meeting).padStart(3, '0');
  return Buffer.from(`1*${ORGANIZER}*0**19:meeting_MzQ1${number}yOTktMjFkYy00MTE3LWE4ZDUtZWExMTU5@thread.v2`).toString(
    'base64url',
  );
}

/** A recording id as long as Graph's. Recordings are numbered over all meetings, two for each. */
export function recordingId(recording: number): string {
  const number = String(recording).padStart(3, '0');
  return Buffer.from(
    `V2##${ORGANIZER}106feba5-bfe0${number}`.padEnd(216, 'C04243A0F0052387A4C28B4E8BC1F61EA4'),
  ).toString('base64url');
}

/** The meeting of a recording. */
export function meetingOf(recording: number): number {
  return Math.floor(recording / 2);
}
