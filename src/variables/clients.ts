/** The variables that determine what clients may send, and which pages the gateway serves. */
import { z } from 'zod';
import { readDocumentManifest } from '../graphql/documents/document-manifest.ts';
import { callbackUrl, origin } from './address.ts';
import { fileOf, reasonOf } from './file.ts';
import { defaulted, list, oneOf, optional, trueOrFalse, yesOrNo } from './variable.ts';
import type { Variable } from './variable.ts';

/** Why a file has no documents. The path may lead to any file, so the reason repeats nothing of its text except ids. */
function reasonWithoutDocuments(error: unknown): string {
  if (error instanceof SyntaxError) return 'the file does not contain JSON.';
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const [id] = issue?.path ?? [];
    if (id === undefined) return 'the file does not contain an object of documents.';
    return issue?.code === 'invalid_key'
      ? `${JSON.stringify(id)} is not an id. Use at most 128 letters, digits and - _ . ~, or sha256: and a digest.`
      : `the document ${JSON.stringify(id)} is not a string, or is empty.`;
  }
  return reasonOf(error);
}

/** A variable whose default depends on the others: true if the embedded emulator runs. */
function onOverEmulator(does: string): Variable<boolean | undefined> {
  return optional({ ...trueOrFalse, unset: '`true` with the embedded emulator, otherwise `false`', does });
}

/** The variables of browsers, routers, pages and trusted documents. */
export const clientVariables = {
  CORS_ORIGINS: defaulted({
    schema: list.pipe(z.array(origin)),
    default: [],
    expected: 'origins without a path, separated by commas',
    unset: 'none',
    does: 'Allows pages of these origins to send requests from a browser.',
  }),
  SUBSCRIPTION_CALLBACK_URLS: defaulted({
    schema: list.pipe(z.array(callbackUrl)),
    default: [],
    expected: 'https URLs without a query, or loopback URLs over http, separated by commas',
    unset: 'none: callbacks are off',
    does: 'Lets routers receive the events of subscriptions at URLs under these, by the HTTP callback protocol of Apollo Router. Use the `public_url` of its callback mode.',
  }),
  INTROSPECTION: onOverEmulator('Lets clients query the schema.'),
  PLAYGROUND: onOverEmulator('Serves a playground at `/`. Without `INTROSPECTION` it is of little use.'),
  VIEWER: onOverEmulator('Serves a viewer for recordings at `/watch`.'),
  METRICS: yesOrNo(
    { default: true },
    'Serves metrics for Prometheus at `/metrics` to anyone who reaches the port. They do not identify anyone.',
  ),
  TRUSTED_DOCUMENTS_FILE: optional({
    schema: fileOf(readDocumentManifest, reasonWithoutDocuments),
    expected: 'the path of a readable JSON file that maps ids to documents',
    does: 'Loads documents that requests can name by id instead of sending them, as written by the client preset of GraphQL Code Generator (`persisted-documents.json`). If a document cannot be executed, the gateway does not start.',
  }),
  TRUSTED_DOCUMENTS: oneOf(
    { values: ['accept', 'enforce'], default: 'accept' },
    'With `accept`, other documents run in addition to those in `TRUSTED_DOCUMENTS_FILE`; with `enforce`, no others run.',
  ),
};
