/** Computes the maximum cost of an operation from the `@cost` and `@listSize` directives of the schema. */
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
  DirectiveNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';
import { MAX_FIRST } from '../arguments/page-arguments.ts';
import { fragmentsOf } from '../documents/fragments.ts';
import { OBJECT_COST, VALUE_COST, createHintReader } from './cost-hints.ts';
import type { FieldHints } from './cost-hints.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Reads the value of an argument in the document. */
type Read = (value: ValueNode) => unknown;

/** The event loop is blocked while a response is assembled; a response of this cost takes less than 100 ms. */
export const MAX_COST = 100_000;

/** The lists below a field whose length its arguments limit: `edges` and `nodes` of a connection. */
interface Sized {
  readonly fields: readonly string[];
  readonly size: number;
}

function argumentValue(node: FieldNode | DirectiveNode, name: string, read: Read): unknown {
  const argument = node.arguments?.find((given) => given.name.value === name);
  return argument === undefined ? undefined : read(argument.value);
}

/** Whether a selection is executed: `@skip` and `@include` may leave it out. */
function isIncluded({ directives = [] }: SelectionNode, read: Read): boolean {
  return directives.every((directive) => {
    const condition = argumentValue(directive, 'if', read);
    return directive.name.value === 'skip' ? condition !== true : condition !== false;
  });
}

/**
 * The list length by a field's arguments, or the assumed one. Clamped: `pageArguments` rejects invalid values later.
 */
function sizeOf(field: FieldNode, { slicingArguments, assumedSize }: FieldHints, read: Read): number {
  const given = slicingArguments.map((name) => argumentValue(field, name, read));
  const size = given.find((value) => typeof value === 'number');
  return size === undefined ? (assumedSize ?? 1) : Math.min(Math.max(size, 1), MAX_FIRST);
}

/** The number of items of `_entities`: two for each representation, because each is loaded separately. */
function countOfRepresentations(field: FieldNode, { args }: GraphQLField<unknown, unknown>, read: Read): number | null {
  const list = args.find(({ type }) => isListType(getNullableType(type)));
  if (list === undefined) return null;
  const items = argumentValue(field, list.name, read);
  return Array.isArray(items) ? 2 * items.length : 2;
}

/**
 * Creates a function that measures the cost of the selection sets of one document, with these fragments. Each fragment
 * is measured once for each size of the lists in it, however often it is spread.
 */
export function createSelectionMeasure(
  schema: GraphQLSchema,
  hintsOf: (field: GraphQLField<unknown, unknown>) => FieldHints,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  read: Read,
): (selectionSet: SelectionSetNode, type: GraphQLNamedType | undefined) => number {
  const measured = new Map<string, number>();

  function ofFragment(name: string, sized: Sized | null): number {
    const key = sized === null ? name : `${name} ${sized.size} ${sized.fields.join(' ')}`;
    const known = measured.get(key);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const cost =
      fragment === undefined
        ? 0
        : ofSelectionSet(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), sized);
    measured.set(key, cost);
    return cost;
  }

  function ofField(field: FieldNode, parent: GraphQLNamedType | undefined, sized: Sized | null): number {
    const name = field.name.value;
    const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    // Introspection has limits of its own.
    if (definition === undefined) return VALUE_COST;
    const hints = hintsOf(definition);
    const { sizedFields } = hints;
    const size = sizeOf(field, hints, read);
    const sizedBelow = sizedFields === null ? null : { fields: sizedFields, size };
    const below = field.selectionSet
      ? ofSelectionSet(field.selectionSet, getNamedType(definition.type), sizedBelow)
      : 0;
    const cost = hints.weight + below;
    if (!hints.isList) return cost;
    return (
      (sized?.fields.includes(name) ? sized.size : (countOfRepresentations(field, definition, read) ?? size)) * cost
    );
  }

  function ofSelectionSet(
    { selections }: SelectionSetNode,
    type: GraphQLNamedType | undefined,
    sized: Sized | null,
  ): number {
    let cost = 0;
    for (const selection of selections) {
      if (!isIncluded(selection, read)) continue;
      if (selection.kind === Kind.FIELD) cost += ofField(selection, type, sized);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += ofFragment(selection.name.value, sized);
      else {
        const { typeCondition, selectionSet } = selection;
        cost += ofSelectionSet(selectionSet, typeCondition ? schema.getType(typeCondition.name.value) : type, sized);
      }
    }
    return cost;
  }

  return (selectionSet, type) => ofSelectionSet(selectionSet, type, null);
}

/** Returns the maximum cost of a valid operation: each field multiplied by the lengths of the lists around it. */
export type CostOf = (document: DocumentNode, operation: OperationDefinitionNode, given: Variables) => number;

/** Creates a `CostOf` for a schema. It is called before each execution, because `first` may be a variable. */
export function createCostMeasure(schema: GraphQLSchema): CostOf {
  const hintsOf = createHintReader(schema);
  /** The cost of operations whose cost does not depend on variables. */
  const constants = new WeakMap<OperationDefinitionNode, number>();

  function measureNow(document: DocumentNode, operation: OperationDefinitionNode, given: Variables): number {
    const entries = operation.variableDefinitions?.map(({ variable: { name }, defaultValue }) => [
      name.value,
      Object.hasOwn(given, name.value) || !defaultValue ? given[name.value] : valueFromASTUntyped(defaultValue),
    ]);
    const variables = Object.fromEntries(entries ?? []);
    let isConstant = true;
    const measure = createSelectionMeasure(schema, hintsOf, fragmentsOf(document), (value) => {
      isConstant &&= value.kind !== Kind.VARIABLE;
      return valueFromASTUntyped(value, variables);
    });
    const cost = measure(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
    if (isConstant) constants.set(operation, cost);
    return cost;
  }

  return (document, operation, given) => constants.get(operation) ?? measureNow(document, operation, given);
}

/** Returns the error for an operation that costs too much; null for any other. */
export function costError(cost: number, operation: OperationDefinitionNode): GraphQLError | null {
  if (cost <= MAX_COST) return null;
  return new GraphQLError(
    `An operation can cost at most ${MAX_COST}, but this one can cost ${cost}. Each object costs ${OBJECT_COST} and each value ${VALUE_COST}, unless the schema states another @cost. Request fewer items at once, for example with a smaller "first", or fewer fields of each.`,
    { nodes: operation },
  );
}
