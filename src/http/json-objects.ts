/** How many objects a JSON text may have. */

/** The most objects and lists in a JSON text. V8 would make objects of a body full of brackets for a third of a second. */
const MOST_OBJECTS = 10_000;

/** The refusal of a text with more of them. It is short enough for the reason with which a WebSocket is closed. */
export const TOO_MANY_OBJECTS = `Expected at most ${MOST_OBJECTS} objects and lists in JSON, but more came. Send less at once.`;

/** Whether a JSON text has more objects and lists than are accepted. Brackets in strings count too. */
export function hasTooManyObjects(text: string): boolean {
  let left = MOST_OBJECTS;
  // A text that is shorter has no room for them.
  for (let index = 0; text.length > MOST_OBJECTS && index < text.length; index += 1) {
    const char = text[index];
    if (char === '{' || char === '[') left -= 1;
    if (left < 0) return true;
  }
  return false;
}
