/** The message for a request without a document. */
export const NO_DOCUMENT =
  'The request contains no document: "query" is missing or empty, and no valid id or digest names one. Send the document in "query".';

/** The beginnings of Apollo Server's messages about a request, and the messages that replace them. */
const SENTENCES: readonly (readonly [begins: string, sentence: string])[] = [
  [
    'POST body missing',
    'The request body must be a JSON object with a "query". Send, for example, {"query": "{ __typename }"} with the header "content-type: application/json".',
  ],
  [
    'Operation batching disabled',
    'The request contains a list of operations, but only one operation per request is supported. Send each in a separate request.',
  ],
  ['GraphQL operations must contain', NO_DOCUMENT],
  [
    'GraphQL queries must be strings',
    'Expected "query" to be a string with the document. Send its source text, not the parsed document.',
  ],
  [
    'provided sha does not match',
    '"sha256Hash" is not the SHA-256 digest of the "query" in hexadecimal digits. Send the digest of this query, or the query alone.',
  ],
  [
    'Unsupported persisted query version',
    'Only version 1 of persisted queries is supported. Send {"version": 1, "sha256Hash": "…"}, or the query alone.',
  ],
  ['Apollo Server supports only GET/POST', 'GraphQL requests must use GET or POST. Use one of these methods.'],
  [
    'GET requests may not have a content-type',
    'The header "content-type" of a GET request must be "application/json" or absent. Omit the header.',
  ],
  [
    'This operation has been blocked as a potential Cross-Site Request Forgery',
    'The request was refused because a page of another site could have forged it. Send the header "content-type: application/json" with a body, or "apollo-require-preflight: true" without one.',
  ],
];

/** Messages that contain the name of a part of the request, which the replacement repeats. */
const SENTENCES_WITH_NAMES: readonly (readonly [message: RegExp, sentence: string])[] = [
  [/^`(variables|extensions)` in a POST body .*/, 'Expected "$1" to be a JSON object. Correct it or omit it.'],
  [
    /^`(operationName)` in a POST body .*/,
    'Expected "$1" to be a string with the name of an operation. Correct it or omit it.',
  ],
  [
    /^The (\w+) search parameter .*/,
    'Expected "$1" in the query string to be a percent-encoded JSON object. Correct it or omit it.',
  ],
  [
    /^The '(\w+)' search parameter may only be specified once.*/,
    'The query string contains "$1" more than once. Send it once.',
  ],
  [
    /^GET requests only support query operations, not (\w+) operations.*/,
    'GET requests can execute only queries, but this operation is a $1. Send a query.',
  ],
];

/** The message when a request does not determine which operation of its document to execute. */
export const NO_OPERATION =
  '"operationName" must be the name of an operation in the document, and can be omitted only if there is exactly one. Send the name of the operation to execute.';

/** The message for a request that Apollo Server refused: what was expected and what to do, or else its own message. */
export function requestSentence(message: string): string {
  const sentence = SENTENCES.find(([begins]) => message.startsWith(begins))?.[1];
  return sentence ?? SENTENCES_WITH_NAMES.reduce((text, [pattern, named]) => text.replace(pattern, named), message);
}
