/** Checks that the root of a subscription is always one field. */
import { GraphQLError, Kind, OperationTypeNode } from 'graphql';
import type { DocumentNode, SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../documents/fragments.ts';

/**
 * Returns an error for each `@skip` or `@include` at the root of a subscription, which
 * https://spec.graphql.org/draft/#sec-Single-Root-Field forbids: there could be nothing to subscribe to, without an
 * error. Called before the rules of GraphQL.js 16, one of which evaluates these directives without variables.
 */
export function conditionalRootErrors(document: DocumentNode): GraphQLError[] {
  const fragments = fragmentsOf(document);
  const errors: GraphQLError[] = [];
  const seen = new Set<SelectionSetNode>();

  function check(selectionSet: SelectionSetNode): void {
    // Each fragment is checked once, however often it is spread.
    if (seen.has(selectionSet)) return;
    seen.add(selectionSet);
    for (const selection of selectionSet.selections) {
      for (const directive of selection.directives ?? []) {
        const { value: name } = directive.name;
        if (name !== 'skip' && name !== 'include') continue;
        const message = `The root of a subscription must always be one field, so it cannot have "@${name}". Remove the directive.`;
        errors.push(new GraphQLError(message, { nodes: directive }));
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) check(selection.selectionSet);
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : undefined;
      if (fragment) check(fragment.selectionSet);
    }
  }

  for (const node of document.definitions) {
    const isSubscription = node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.SUBSCRIPTION;
    if (isSubscription) check(node.selectionSet);
  }
  return errors;
}
