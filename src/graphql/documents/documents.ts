/** Parses documents and caches them. */
import { parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import { createLruCache } from '../../lru-cache.ts';
import { PARSE_OPTIONS } from '../limits/limits.ts';

/** The capacity of the cache: subscribers mostly send the same few documents, and limits bound the size of each. */
const DOCUMENTS_KEPT = 50;

/**
 * Creates a parser that caches the most recently used documents by their text, so that facts cached by document, such
 * as its validity, are found again. The parser throws the errors of GraphQL.js.
 */
export function createDocuments(): (source: string) => DocumentNode {
  const known = createLruCache<DocumentNode>(DOCUMENTS_KEPT);
  return (source) => {
    const before = known.get(source);
    if (before !== undefined) return before;
    const document = parse(source, PARSE_OPTIONS);
    known.set(source, document);
    return document;
  };
}
