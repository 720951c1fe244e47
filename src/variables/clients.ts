/** The variables that determine what clients may send, and which pages the gateway serves. */
import { z } from 'zod';
import { readDocumentManifest } from '../graphql/document-manifest.ts';
import { callbackUrl, origin } from './address.ts';
import { fileOf } from './file.ts';
import { defaulted, list, oneOf, optional, trueOrFalse, yesOrNo } from './variable.ts';
import type { Variable } from './variable.ts';

/** Why a file has no documents. The path may lead to any file, so the reason repeats nothing of its text except ids. */
function reasonWithoutDocuments(error: unknown): string {
  if (error instanceof SyntaxError) return 'what it holds is no JSON.';
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const [id] = issue?.path ?? [];
    if (id === undefined) return 'what it holds is no object of documents.';
    return issue?.code === 'invalid_key'
      ? `${JSON.stringify(id)} is no id: at most 128 letters, digits and - _ . ~ are, or sha256: and a digest.`
      : `the document ${JSON.stringify(id)} is no text, or an empty one.`;
  }
  if (error instanceof Error && 'code' in error) return `the file cannot be read (${String(error.code)}).`;
  return error instanceof Error ? error.message : String(error);
}

/** A variable whose default depends on the others: true if the embedded emulator runs. */
function onOverEmulator(does: string): Variable<boolean | undefined> {
  return optional({ ...trueOrFalse, unset: '`true` over the embedded emulator, else `false`', does });
}

/** The variables of browsers, routers, pages and trusted documents. */
export const clientVariables = {
  CORS_ORIGINS: defaulted({
    schema: list.pipe(z.array(origin)),
    default: [],
    expected: 'origins without a path, separated by commas',
    unset: 'none',
    does: 'The origins whose pages may ask from a browser.',
  }),
  SUBSCRIPTION_CALLBACK_URLS: defaulted({
    schema: list.pipe(z.array(callbackUrl)),
    default: [],
    expected: 'https addresses without a query, or loopback ones over http, separated by commas',
    unset: 'none: routers may not',
    does: 'Below which addresses routers may have the answers to subscriptions sent to them, by the HTTP callback protocol of Apollo Router: the `public_url` of its callback mode.',
  }),
  INTROSPECTION: onOverEmulator('Whether clients may ask for the schema.'),
  PLAYGROUND: onOverEmulator(
    'Whether a browser finds a playground at `/`. It needs `INTROSPECTION` to be of much use.',
  ),
  VIEWER: onOverEmulator('Whether a browser finds a viewer of recordings at `/watch`.'),
  METRICS: yesOrNo(
    { default: true },
    'Whether Prometheus finds what is counted at `/metrics`, for whoever reaches the port. It names nobody.',
  ),
  TRUSTED_DOCUMENTS_FILE: optional({
    schema: fileOf(readDocumentManifest, reasonWithoutDocuments),
    expected: 'the path of a readable file in JSON that has a document for each id',
    does: 'Documents that requests name by id instead of bringing them, as the client preset of GraphQL Code Generator writes them (`persisted-documents.json`). One that cannot be executed here refuses the start.',
  }),
  TRUSTED_DOCUMENTS: oneOf(
    { values: ['accept', 'enforce'], default: 'accept' },
    'With `accept` other documents run beside those of `TRUSTED_DOCUMENTS_FILE`, with `enforce` nothing else does.',
  ),
};
