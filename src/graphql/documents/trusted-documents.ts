/** Documents that the operator trusts. A request names one by its id. If they are enforced, no other is executed. */
import { GraphQLError, parse } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { isRecord } from '../../record.ts';
import type { ErrorCode } from '../errors.ts';
import { PARSE_OPTIONS } from '../limits/limits.ts';
import type { Validate } from '../validation.ts';
import { bareId } from './document-manifest.ts';
import type { DocumentManifest } from './document-manifest.ts';

export interface TrustedDocuments {
  readonly documents: DocumentManifest;
  /** Whether only these documents may be executed. */
  readonly enforced: boolean;
}

/** The document of a request: a trusted one, the one in the request itself, or a refusal because neither is usable. */
export type FoundDocument =
  | { readonly kind: 'trusted'; readonly query: string }
  | { readonly kind: 'refused'; readonly error: GraphQLFormattedError }
  | { readonly kind: 'brought' };

/** Finds the document of a request of any shape. Called for every transport, before anything is parsed. */
export type FindDocument = (request: unknown) => FoundDocument;

/** Trusted documents cannot be executed by this gateway. The message has one line for each fault. */
export class TrustedDocumentsError extends Error {
  override readonly name = 'TrustedDocumentsError';
}

// By the draft of GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/), and as Apollo's clients do
// it.
const bringing = z.object({ query: z.string().min(1) });
const persisted = z.object({ extensions: z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) }) });

function digestIn(request: unknown): string | null {
  // A fast path: most requests contain their document.
  if (!isRecord(request) || !('extensions' in request)) return null;
  const byDigest = persisted.safeParse(request);
  return byDigest.success ? byDigest.data.extensions.persistedQuery.sha256Hash : null;
}

function faultsOf(document: string, validate: Validate): readonly string[] {
  try {
    const errors = validate({ document: parse(document, PARSE_OPTIONS) });
    return errors.map(({ message }) => message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}

/** Throws a `TrustedDocumentsError` that names every trusted document that is invalid here, and why. */
export function checkTrustedDocuments({ documents }: TrustedDocuments, validate: Validate): void {
  const faults = [...documents].flatMap(([id, document]) =>
    faultsOf(document, validate).map((fault) => `the document ${JSON.stringify(id)} cannot be executed: ${fault}`),
  );
  if (faults.length > 0) throw new TrustedDocumentsError(faults.join('\n'));
}

/**
 * Creates a `FindDocument`; `trusted` is null when there are no trusted documents. `onRefused` receives the code of
 * each refusal, which no other observer sees.
 */
export function createFindDocument(
  trusted: TrustedDocuments | null,
  onRefused: ((codes: readonly unknown[]) => void) | undefined,
): FindDocument {
  function refuse(message: string, code: ErrorCode | 'PERSISTED_QUERY_NOT_FOUND'): FoundDocument {
    onRefused?.([code]);
    return { kind: 'refused', error: { message, extensions: { code } } };
  }

  return (request) => {
    // Null counts as left out.
    const documentId = isRecord(request) ? (request['documentId'] ?? null) : null;
    if (documentId !== null && typeof documentId !== 'string')
      return refuse(
        'Expected "documentId" to be a string with the id of a document. Correct it or omit it.',
        'BAD_REQUEST',
      );
    const id = documentId ?? digestIn(request);
    const query = id === null ? undefined : trusted?.documents.get(bareId(id));
    if (query !== undefined) return { kind: 'trusted', query };
    if (trusted?.enforced === true) {
      return refuse(
        id === null
          ? 'Only trusted documents are allowed. Send the "documentId" of a trusted document instead of a "query".'
          : 'Only trusted documents are allowed, and no trusted document has this id. Use the id of a trusted document, or ask the operator to add this one.',
        'DOCUMENT_NOT_TRUSTED',
      );
    }
    // A digest may name an automatic persisted query, which Apollo Server looks up.
    return documentId !== null && !bringing.safeParse(request).success
      ? refuse('No trusted document has this id. Send the document itself in "query".', 'PERSISTED_QUERY_NOT_FOUND')
      : { kind: 'brought' };
  };
}
