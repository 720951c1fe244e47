/** Computes the source locations of a document's nodes. */
import { parse, visit } from 'graphql';
import type { ASTNode, DocumentNode, GraphQLFormattedError, SourceLocation } from 'graphql';

function nodesOf(document: DocumentNode): ASTNode[] {
  const nodes: ASTNode[] = [];
  visit(document, {
    enter(node) {
      nodes.push(node);
    },
  });
  return nodes;
}

/**
 * Finds the locations of all nodes of a document that was parsed without them; called when an error needs some.
 * GraphQL.js scans the source again for each location, which takes seconds for many errors at the end of a long source.
 */
export function locationsOf(source: string, document: DocumentNode): ReadonlyMap<ASTNode, SourceLocation> {
  // Apollo Server finds the document by a digest of UTF-8, where half of a surrogate pair is a replacement character.
  if (!source.isWellFormed()) return new Map();
  const located = nodesOf(parse(source));
  const locations = new Map<ASTNode, SourceLocation>();
  // https://spec.graphql.org/October2021/#LineTerminator
  const lineEnds = source.matchAll(/\r\n|[\n\r]/g);
  let [line, lineStart] = [1, 0];
  let lineEnd = lineEnds.next();
  // Both documents have the same nodes, in the order of the source.
  for (const [index, node] of nodesOf(document).entries()) {
    const offset = located[index]?.loc?.start ?? 0;
    while (lineEnd.value !== undefined && lineEnd.value.index < offset) {
      line += 1;
      lineStart = lineEnd.value.index + lineEnd.value[0].length;
      lineEnd = lineEnds.next();
    }
    locations.set(node, { line, column: offset - lineStart + 1 });
  }
  return locations;
}

/** Adds the known locations of its nodes to an error. */
export function withLocations(
  { message, ...rest }: GraphQLFormattedError,
  nodes: readonly ASTNode[] | undefined,
  known: ReadonlyMap<ASTNode, SourceLocation>,
): GraphQLFormattedError {
  const locations = nodes?.flatMap((node) => known.get(node) ?? []) ?? [];
  return { message, ...(locations.length === 0 ? {} : { locations }), ...rest };
}
