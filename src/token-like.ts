/** Finds what looks like a token, for messages, the log and traces. */

/**
 * The beginning of a JSON Web Token, anywhere in a text, and what follows it. The first part of a token is a JSON
 * object in Base64url, in which `{"` is `eyJ`: https://www.rfc-editor.org/rfc/rfc7515#section-3.1
 */
const TOKENS = /eyJ[\w.-]{10,}/g;
const TOKEN_IN_ANY_CASE = new RegExp(TOKENS, 'i');

/** Whether a text holds what looks like a token, in any letter case. */
export function holdsToken(text: string): boolean {
  return TOKEN_IN_ANY_CASE.test(text);
}

/** Redacts a text for logs and errors: replaces each part that looks like a token with `(token removed)`. */
export function withoutTokens(text: string): string {
  return text.replaceAll(TOKENS, '(token removed)');
}
