/** Documents as they are parsed. */
import { parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import { MAX_TOKENS } from './limits.ts';

/** So many documents are kept: those who listen mostly send the same few, and the limits bound each. */
const DOCUMENTS_KEPT = 50;

/**
 * Creates what parses documents and remembers the newest by their text, so that what is asked about a document once, whether
 * it is valid for one, need not be asked again. Throws what the parser of GraphQL.js throws.
 */
export function createDocuments(): (source: string) => DocumentNode {
  /** A Map keeps the order of insertion, and what is asked for is inserted anew: the first is the one to go. */
  const known = new Map<string, DocumentNode>();
  return (source) => {
    const document = known.get(source) ?? parse(source, { maxTokens: MAX_TOKENS, noLocation: true });
    known.delete(source);
    known.set(source, document);
    const [oldest] = known.keys();
    if (known.size > DOCUMENTS_KEPT && oldest !== undefined) known.delete(oldest);
    return document;
  };
}
