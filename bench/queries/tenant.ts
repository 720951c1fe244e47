/**
 * The tenant of the stand-in: any number of organizers, each with fifty meetings that were recorded twice. Of each organizer
 * everything is the same but their id, so that replies and questions are made beforehand, and take the id where they name it.
 */

/** Stands where the id of an organizer belongs. It has the length of one. */
export const ORGANIZER = 'oooooooo-oooo-oooo-oooo-oooooooooooo';

export const MEETINGS = 50;

/** The object id of an organizer, by their number. */
export function organizerOf(number: number): string {
  return `5eed0000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** Makes of a text what puts an organizer's id wherever the text has the placeholder. */
export function template(text: string): (organizer: string) => string {
  const pieces = text.split(ORGANIZER);
  return (organizer) => pieces.join(organizer);
}

/** An id of a meeting, as long as Graph's are. */
export function meetingId(meeting: number): string {
  const number = String(meeting).padStart(3, '0');
  return Buffer.from(`1*${ORGANIZER}*0**19:meeting_MzQ1${number}yOTktMjFkYy00MTE3LWE4ZDUtZWExMTU5@thread.v2`).toString(
    'base64url',
  );
}

/** An id of a recording, as long as Graph's are. Recordings are numbered over all meetings, two for each. */
export function recordingId(recording: number): string {
  const number = String(recording).padStart(3, '0');
  return Buffer.from(
    `V2##${ORGANIZER}106feba5-bfe0${number}`.padEnd(216, 'C04243A0F0052387A4C28B4E8BC1F61EA4'),
  ).toString('base64url');
}

/** To which meeting a recording belongs. */
export function meetingOf(recording: number): number {
  return Math.floor(recording / 2);
}
