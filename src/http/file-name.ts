import { create } from 'content-disposition';

const MOST_CHARACTERS = 120;

/**
 * The `Content-Disposition` of a recording, to be shown in place and to be saved under a readable name: the subject of its
 * meeting and the day, `Weekly sync 2026-11-16.mp4`. https://www.rfc-editor.org/rfc/rfc6266
 */
export function contentDisposition(subject: string | null, createdDateTime: string | null): string {
  // What some file system refuses, what does not show, and what turns the direction of the text.
  const words = (subject ?? '').replaceAll(/[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*%]+/gu, ' ');
  const name = words
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MOST_CHARACTERS)
    // Half of a character, where it was cut in two.
    .replace(/\p{Cs}$/u, '')
    .replaceAll(/^[. ]+|[. ]+$/g, '');
  const day = /^\d{4}-\d\d-\d\d(?=T)/.exec(createdDateTime ?? '')?.[0] ?? '';
  return create(`${[name === '' ? 'Recording' : name, day].join(' ').trim()}.mp4`, { type: 'inline' });
}
