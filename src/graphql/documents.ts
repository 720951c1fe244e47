/** Documents as they are parsed. */
import { parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import { PARSE_OPTIONS } from './limits.ts';
import { createNewest } from '../newest.ts';

/** So many documents are kept: those who listen mostly send the same few, and the limits bound each. */
const DOCUMENTS_KEPT = 50;

/**
 * Creates what parses documents and remembers the newest by their text, so that what is asked about a document once, whether
 * it is valid for one, need not be asked again. Throws what the parser of GraphQL.js throws.
 */
export function createDocuments(): (source: string) => DocumentNode {
  const known = createNewest<DocumentNode>(DOCUMENTS_KEPT);
  return (source) => {
    const before = known.get(source);
    if (before !== undefined) return before;
    const document = parse(source, PARSE_OPTIONS);
    known.set(source, document);
    return document;
  };
}
