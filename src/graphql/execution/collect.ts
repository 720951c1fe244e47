/** Collects the fields that a document selects: https://spec.graphql.org/October2021/#sec-Field-Collection */
import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';

/** What field collection depends on, in addition to the selection set. */
export interface Scope {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/** https://spec.graphql.org/October2021/#sec-Type-System.Directives.Built-in-Directives */
function isIncluded(node: SelectionNode, { variableValues }: Scope): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false
  );
}

function isMeantFor(type: GraphQLObjectType, condition: string | undefined, { schema }: Scope): boolean {
  if (condition === undefined || condition === type.name) return true;
  const other = schema.getType(condition);
  return isAbstractType(other) && schema.isSubType(other, type);
}

/** Collects the fields selected on an object type, by response key and in the order of the document. */
export function collectFields(
  scope: Scope,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): ReadonlyMap<string, readonly FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const spread = new Set<string>();

  function collect({ selections }: SelectionSetNode): void {
    for (const node of selections) {
      if (!isIncluded(node, scope)) continue;
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value;
        const nodes = found.get(key);
        if (nodes === undefined) found.set(key, [node]);
        else nodes.push(node);
        continue;
      }
      const name = node.kind === Kind.FRAGMENT_SPREAD ? node.name.value : null;
      // A fragment that is spread again adds nothing.
      if (name !== null && spread.has(name)) continue;
      if (name !== null) spread.add(name);
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? scope.fragments[node.name.value] : node;
      if (fragment !== undefined && isMeantFor(type, fragment.typeCondition?.name.value, scope))
        collect(fragment.selectionSet);
    }
  }

  selectionSets.forEach(collect);
  return found;
}

/** The selection sets of field nodes that share a response key. */
export function selectionSetsOf(nodes: readonly FieldNode[]): SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
}

/** Merges selection sets into one that contains each field of an object once, without skipped fields and fragments. */
export function mergeSelections(
  scope: Scope,
  type: GraphQLNamedType | undefined,
  selectionSets: readonly SelectionSetNode[],
): SelectionSetNode {
  const selections = isObjectType(type)
    ? [...collectFields(scope, type, selectionSets).values()].flatMap((nodes) => mergeFields(scope, type, nodes))
    : selectionSets.flatMap((set) => set.selections);
  return { kind: Kind.SELECTION_SET, selections };
}

function mergeFields(scope: Scope, parent: GraphQLObjectType, nodes: readonly FieldNode[]): readonly FieldNode[] {
  const [first] = nodes;
  if (first?.selectionSet === undefined) return nodes.slice(0, 1);
  const definition = parent.getFields()[first.name.value];
  const type = definition && getNamedType(definition.type);
  return [{ ...first, selectionSet: mergeSelections(scope, type, selectionSetsOf(nodes)) }];
}
