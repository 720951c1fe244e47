/**
 * The cost of fields and the assumed length of lists, as the schema declares them. Routers read the same declarations.
 * https://www.apollographql.com/docs/graphos/routing/security/demand-control, after
 * https://ibm.github.io/graphql-specs/cost-spec.html
 */
import { Kind, getDirectiveValues, getNamedType, isCompositeType, isListType, getNullableType, visit } from 'graphql';
import type {
  ConstDirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  TypeNode,
} from 'graphql';
import { z } from 'zod';

/** An object costs more than a plain value, because each is read, is resolved and may fail separately. */
export const OBJECT_COST = 20;
export const VALUE_COST = 1;

/** The assumed length of a list whose length is unknown in advance, for instance the attendees of a meeting. */
const ASSUMED_ITEMS = 3;

/** Built-in scalars cannot carry directives: https://spec.graphql.org/October2021/#sec-Scalars.Built-in-Scalars */
const BUILT_IN = new Set(['Boolean', 'Float', 'ID', 'Int', 'String']);

function hint(directive: 'cost' | 'listSize', argument: string, value: number): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: directive },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: argument },
        value: { kind: Kind.INT, value: String(value) },
      },
    ],
  };
}

function withHint<Node extends { readonly directives?: readonly ConstDirectiveNode[] | undefined }>(
  node: Node,
  added: ConstDirectiveNode,
): Node {
  const { directives = [] } = node;
  return directives.some(({ name }) => name.value === added.name.value)
    ? node
    : { ...node, directives: [...directives, added] };
}

function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}

function isList(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));
}

function sizedFieldsOf(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, {
    Argument(node) {
      if (node.name.value === 'sizedFields' && node.value.kind === Kind.LIST)
        for (const value of node.value.values) if (value.kind === Kind.STRING) names.add(value.value);
    },
  });
  return names;
}

/** The root operation types. No field returns one, and in a supergraph their cost would apply to all subgraphs. */
function rootTypesOf(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, {
    OperationTypeDefinition(node) {
      names.add(node.type.name.value);
    },
  });
  return names;
}

/**
 * Declares our defaults, which routers do not share, where a schema declares nothing. Called once, before it is built.
 */
export function withCostHints(document: DocumentNode): DocumentNode {
  const sizedAbove = sizedFieldsOf(document);
  const roots = rootTypesOf(document);
  return visit(document, {
    ObjectTypeDefinition: {
      leave: (node) => (roots.has(node.name.value) ? node : withHint(node, hint('cost', 'weight', OBJECT_COST))),
    },
    EnumTypeDefinition: { leave: (node) => withHint(node, hint('cost', 'weight', VALUE_COST)) },
    ScalarTypeDefinition: { leave: (node) => withHint(node, hint('cost', 'weight', VALUE_COST)) },
    FieldDefinition(node: FieldDefinitionNode) {
      const weighed = BUILT_IN.has(namedTypeOf(node.type)) ? withHint(node, hint('cost', 'weight', VALUE_COST)) : node;
      return isList(node.type) && !sizedAbove.has(node.name.value)
        ? withHint(weighed, hint('listSize', 'assumedSize', ASSUMED_ITEMS))
        : weighed;
    },
  });
}

const cost = z.object({ weight: z.int() });
const listSize = z.object({
  assumedSize: z.int().nullish(),
  slicingArguments: z.array(z.string()).nullish(),
  sizedFields: z.array(z.string()).nullish(),
});

/** The declared cost and size of a field. */
export interface FieldHints {
  /** The cost of one value of the field, without its subfields. */
  readonly weight: number;
  readonly isList: boolean;
  /** The assumed length, without a slicing argument, of the field or of its `sizedFields`; null when not declared. */
  readonly assumedSize: number | null;
  /** The arguments that limit the length of the list. */
  readonly slicingArguments: readonly string[];
  /** The subfields to which the size applies; null when it applies to the field itself. */
  readonly sizedFields: readonly string[] | null;
}

/** Creates a reader of the hints of a schema, which caches them by field. */
export function createHintReader(schema: GraphQLSchema): (field: GraphQLField<unknown, unknown>) => FieldHints {
  const known = new WeakMap<GraphQLField<unknown, unknown>, FieldHints>();

  function valuesOf(name: string, { astNode }: GraphQLField<unknown, unknown> | GraphQLNamedType): unknown {
    const directive = schema.getDirective(name);
    return directive && astNode ? getDirectiveValues(directive, astNode) : undefined;
  }

  function read(field: GraphQLField<unknown, unknown>): FieldHints {
    const type = getNamedType(field.type);
    const weighed = [field, type].map((part) => cost.safeParse(valuesOf('cost', part)).data).find(Boolean);
    const size = listSize.safeParse(valuesOf('listSize', field)).data;
    return {
      weight: weighed?.weight ?? (isCompositeType(type) ? OBJECT_COST : VALUE_COST),
      isList: isListType(getNullableType(field.type)),
      assumedSize: size?.assumedSize ?? null,
      slicingArguments: size?.slicingArguments ?? [],
      sizedFields: size?.sizedFields ?? null,
    };
  }

  return (field) => {
    const hints = known.get(field) ?? read(field);
    known.set(field, hints);
    return hints;
  };
}
