/** The file name of a saved video. */
import { create } from 'content-disposition';

/** With the day and the extension it stays below 255, the limit of most file systems. */
const MOST_BYTES = 200;

/** As much of a text as fits, without half a character. */
function beginningOf(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, MOST_BYTES), { stream: true });
}

/**
 * The `Content-Disposition` of a recording, shown inline and saved under a readable name: the subject of its meeting
 * and the day, `Weekly sync 2026-11-16.mp4`. https://www.rfc-editor.org/rfc/rfc6266
 */
export function contentDisposition(subject: string | null, createdDateTime: string | null): string {
  // Drops what some file system refuses, invisible characters, and changes of text direction. Keeps the characters that
  // join others or keep them apart.
  const words = (subject ?? '').replaceAll(/(?:(?![\u200C\u200D])[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*%])+/gu, ' ');
  const name = beginningOf(words.replaceAll(/\s+/g, ' ').trim()).replaceAll(/^[. ]+|[. ]+$/g, '');
  const day = /^\d{4}-\d\d-\d\d(?=T)/.exec(createdDateTime ?? '')?.[0] ?? '';
  return create(`${[name === '' ? 'Recording' : name, day].join(' ').trim()}.mp4`, { type: 'inline' });
}
