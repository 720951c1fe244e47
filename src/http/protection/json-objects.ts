/** Limits how many objects and lists a JSON text may have. */

/** The most objects and lists in a JSON text. A body full of brackets would keep V8 busy for a third of a second. */
const MOST_OBJECTS = 10_000;

/** The refusal of a text with more of them. It is short enough for the reason with which a WebSocket is closed. */
export const TOO_MANY_OBJECTS = `The JSON exceeds the limit of ${MOST_OBJECTS} objects and arrays. Send a smaller request.`;

/** Whether a JSON text has more objects and lists than are accepted. Brackets in strings count too. */
export function hasTooManyObjects(text: string): boolean {
  // A text that is shorter has no room for them.
  if (text.length <= MOST_OBJECTS) return false;
  let left = MOST_OBJECTS;
  // Searching for a bracket is fifty times as fast as comparing each character, and most of a text is long ids.
  for (const bracket of ['{', '['])
    for (let index = text.indexOf(bracket); index !== -1; index = text.indexOf(bracket, index + 1)) {
      left -= 1;
      if (left < 0) return true;
    }
  return false;
}
