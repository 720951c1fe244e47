/** The beginnings of Apollo Server's messages about a request, and the messages that replace them. */
const SENTENCES: readonly (readonly [begins: string, sentence: string])[] = [
  [
    'POST body missing',
    'Expected a JSON object with a "query", but the body is empty or something else. Send {"query": "{ __typename }"}, for instance, with the header "content-type: application/json".',
  ],
  ['Operation batching disabled', 'Expected one operation, but a list came. Send each in a request of its own.'],
  [
    'GraphQL operations must contain',
    'Expected a "query", but there is none, nor the digest of one. Send the document as "query".',
  ],
  [
    'GraphQL queries must be strings',
    'Expected the document in "query" as a text, but something else came. Send it as it is written, and not as what it is parsed to.',
  ],
  [
    'provided sha does not match',
    'Expected "sha256Hash" to be the SHA-256 digest of the "query" that came along, in hexadecimal digits, but it is not. Send the digest of this query, or the query alone.',
  ],
  [
    'Unsupported persisted query version',
    'Expected a persisted query of version 1, but another came. Send {"version": 1, "sha256Hash": "…"}, or the query alone.',
  ],
  [
    'Apollo Server supports only GET/POST',
    'GraphQL is asked with GET or POST, but another method came. Use one of those.',
  ],
  [
    'GET requests may not have a content-type',
    'Expected no header "content-type" with GET, or "application/json", but another came. Leave the header out.',
  ],
  [
    'This operation has been blocked as a potential Cross-Site Request Forgery',
    'Expected what no page of another site can send unasked, but there is nothing of the kind, so that the request may be forged. Send the header "content-type: application/json" with a body, or "apollo-require-preflight: true" without one.',
  ],
];

/** Messages that contain the name of a part of the request, which the replacement repeats. */
const SENTENCES_WITH_NAMES: readonly (readonly [message: RegExp, sentence: string])[] = [
  [
    /^`(variables|extensions)` in a POST body .*/,
    'Expected "$1" to be a JSON object, but something else came. Send an object, or leave "$1" out.',
  ],
  [
    /^`(operationName)` in a POST body .*/,
    'Expected "$1" to be a text, but something else came. Send the name of an operation, or leave "$1" out.',
  ],
  [
    /^The (\w+) search parameter .*/,
    'Expected "$1" in the query string to be a JSON object, but something else came. Send an object, percent-encoded, or leave "$1" out.',
  ],
  [
    /^The '(\w+)' search parameter may only be specified once.*/,
    'Expected "$1" once in the query string, but it came several times. Send it once.',
  ],
  [
    /^GET requests only support query operations, not (\w+) operations.*/,
    'Expected a query, because a GET changes nothing, but a $1 came. Send a query.',
  ],
];

/** The message when a request does not determine which operation of its document to execute. */
export const NO_OPERATION =
  'Expected "operationName" to name an operation of the document, or to be left out where there is only one, but it does neither. Send the name of the one that is meant.';

/** The message for a request that Apollo Server refused: what was expected and what to do, or else its own message. */
export function requestSentence(message: string): string {
  const sentence = SENTENCES.find(([begins]) => message.startsWith(begins))?.[1];
  return sentence ?? SENTENCES_WITH_NAMES.reduce((text, [pattern, named]) => text.replace(pattern, named), message);
}
