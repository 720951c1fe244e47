/** What it may cost to answer an operation. The terms are those of https://ibm.github.io/graphql-specs/cost-spec.html */
import {
  GraphQLError,
  Kind,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { MAX_ADDED } from '../recordings/delta/catch-up.ts';
import { DEFAULT_FIRST, MAX_FIRST } from './page-arguments.ts';

type Variables = Readonly<Record<string, unknown>>;

/** An answer is put together in one go while everybody else waits; one that costs so much takes less than 100 ms. */
const MAX_COST = 100_000;

/** What an object costs, while a field with a plain value costs 1: it is read, resolved, and may fail, by itself. */
const OBJECT_COST = 20;

/** What a cursor costs: each is encrypted by itself. */
const CURSOR_COST = 40;

/** How many items a list is taken to have of which nobody can tell before: the attendees of a meeting. */
const ASSUMED_ITEMS = 3;

function argumentValue(field: FieldNode, name: string, variables: Variables): unknown {
  const argument = field.arguments?.find((node) => node.name.value === name);
  return argument === undefined ? undefined : valueFromASTUntyped(argument.value, variables);
}

/** The size of a page, as `pageArguments` reads it. What that refuses is not for us to refuse. */
function pageSize(field: FieldNode, variables: Variables): number {
  const first = argumentValue(field, 'first', variables);
  return typeof first === 'number' ? Math.min(Math.max(first, 1), MAX_FIRST) : DEFAULT_FIRST;
}

/** How many items a list has: what was `added` as many as one answer holds, `_entities` as many as there are representations, and each counts twice, being loaded by itself. */
function listLength(field: FieldNode, { args }: GraphQLField<unknown, unknown>, variables: Variables): number {
  const list = args.find(({ type }) => isListType(getNullableType(type)));
  if (list === undefined) return field.name.value === 'added' ? MAX_ADDED : ASSUMED_ITEMS;
  const items = argumentValue(field, list.name, variables);
  return Array.isArray(items) ? 2 * items.length : 2;
}

/** Measures what the selection sets of one document cost. Each fragment is measured once, however often it is spread. */
function createMeasure(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Variables,
): (selectionSet: SelectionSetNode, type: GraphQLNamedType | undefined) => number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const measured = new Map<string, number>();

  function ofFragment(name: string): number {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const cost =
      fragment === undefined
        ? 0
        : ofSelectionSet(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value));
    measured.set(name, cost);
    return cost;
  }

  function ofField(field: FieldNode, parent: GraphQLNamedType | undefined): number {
    const name = field.name.value;
    const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    // What introspection may ask is limited by itself.
    if (definition === undefined || field.selectionSet === undefined) return name === 'cursor' ? CURSOR_COST : 1;
    const below = ofSelectionSet(field.selectionSet, getNamedType(definition.type));
    if (definition.args.some((argument) => argument.name === 'first'))
      return OBJECT_COST + pageSize(field, variables) * below;
    // https://relay.dev/graphql/connections.htm: the lists of a page, whose size its connection has.
    if (name === 'edges' || name === 'nodes' || !isListType(getNullableType(definition.type)))
      return OBJECT_COST + below;
    return listLength(field, definition, variables) * (OBJECT_COST + below);
  }

  function ofSelectionSet({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined): number {
    let cost = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += ofField(selection, type);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += ofFragment(selection.name.value);
      else {
        const { typeCondition, selectionSet } = selection;
        cost += ofSelectionSet(selectionSet, typeCondition ? schema.getType(typeCondition.name.value) : type);
      }
    }
    return cost;
  }

  return ofSelectionSet;
}

/**
 * Says whether it may cost too much to answer a valid operation, everything counted as often as the lists around it may
 * have items. Called before each execution, because `first` may be in the variables.
 */
export function costError(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Variables,
): GraphQLError | null {
  const variables = operation.variableDefinitions?.map(({ variable: { name }, defaultValue }) => [
    name.value,
    Object.hasOwn(given, name.value) || !defaultValue ? given[name.value] : valueFromASTUntyped(defaultValue),
  ]);
  const measure = createMeasure(schema, document, Object.fromEntries(variables ?? []));
  const cost = measure(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
  if (cost <= MAX_COST) return null;
  return new GraphQLError(
    `An operation may cost at most ${MAX_COST}, each object of its answer ${OBJECT_COST}, each cursor ${CURSOR_COST} and each other value 1, but this one may cost ${cost}. Ask for fewer items at once, with a smaller "first" for instance, or for less of each.`,
    { nodes: operation },
  );
}
