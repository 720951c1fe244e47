import { create } from 'content-disposition';

/** With the day and the ending it stays below 255, which is what most file systems take. */
const MOST_BYTES = 200;

/** As much of a text as has room, without a half of a character. */
function beginningOf(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, MOST_BYTES), { stream: true });
}

/**
 * The `Content-Disposition` of a recording, to be shown in place and to be saved under a readable name: the subject of its
 * meeting and the day, `Weekly sync 2026-11-16.mp4`. https://www.rfc-editor.org/rfc/rfc6266
 */
export function contentDisposition(subject: string | null, createdDateTime: string | null): string {
  // What some file system refuses, what does not show, and what turns the direction of the text; but not what joins characters
  // to one, or keeps them apart.
  const words = (subject ?? '').replaceAll(/(?:(?![\u200C\u200D])[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*%])+/gu, ' ');
  const name = beginningOf(words.replaceAll(/\s+/g, ' ').trim()).replaceAll(/^[. ]+|[. ]+$/g, '');
  const day = /^\d{4}-\d\d-\d\d(?=T)/.exec(createdDateTime ?? '')?.[0] ?? '';
  return create(`${[name === '' ? 'Recording' : name, day].join(' ').trim()}.mp4`, { type: 'inline' });
}
