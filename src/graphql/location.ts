/** Where the nodes of a document stand in its source. */
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
 * Finds the places of all nodes of a document that was parsed without locations; called when an error has to name some.
 * GraphQL.js itself walks the source anew for each place of each error, and so takes seconds where many errors stand at
 * the end of a long source.
 */
export function locationsOf(source: string, document: DocumentNode): ReadonlyMap<ASTNode, SourceLocation> {
  const located = nodesOf(parse(source));
  const locations = new Map<ASTNode, SourceLocation>();
  // https://spec.graphql.org/October2021/#LineTerminator
  const lineEnds = source.matchAll(/\r\n|[\n\r]/g);
  let [line, lineStart] = [1, 0];
  let lineEnd = lineEnds.next();
  // Both documents are the same, and their nodes come in the order of the source.
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

/** The error with the places of its nodes, as far as they are known. */
export function withLocations(
  { message, ...rest }: GraphQLFormattedError,
  nodes: readonly ASTNode[] | undefined,
  known: ReadonlyMap<ASTNode, SourceLocation>,
): GraphQLFormattedError {
  const locations = nodes?.flatMap((node) => known.get(node) ?? []) ?? [];
  return { message, ...(locations.length === 0 ? {} : { locations }), ...rest };
}
