/** Finds what a document selects below a field, before the field has a value. */
import { getNamedType, isObjectType } from 'graphql';
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import { collectFields, selectionSetsOf } from '../execution/collect.ts';
import type { Scope } from '../execution/collect.ts';
import { planArguments } from '../execution/field-arguments.ts';
import type { FieldArguments } from '../execution/field-arguments.ts';

/** The fields with one name, under any aliases, in one place of a document. */
export interface Selected {
  readonly isEmpty: boolean;
  /** The arguments of each field, as its resolver will receive them. */
  arguments(): readonly Readonly<Record<string, unknown>>[];
  /** The fields with a given name that are selected below these. */
  below(name: string): Selected;
}

/** The fields with one name below others: the arguments of each response key, all nodes together, and their type. */
interface Found {
  readonly fields: readonly FieldArguments[];
  readonly nodes: readonly FieldNode[];
  readonly type: string;
}

/**
 * A cache by the nodes of a field, which are the same for each object of a list. For the same nodes, the variables of
 * `@skip` and `@include` have the same values, whether the nodes belong to a plan or to one execution of GraphQL.js.
 */
const known = new WeakMap<readonly FieldNode[], Map<string, Found>>();

function find(nodes: readonly FieldNode[], typeName: string, name: string, scope: Scope): Found {
  const below = known.get(nodes) ?? new Map<string, Found>();
  known.set(nodes, below);
  const key = `${typeName}.${name}`;
  const before = below.get(key);
  if (before !== undefined) return before;
  const type = scope.schema.getType(typeName);
  const definition = isObjectType(type) ? type.getFields()[name] : undefined;
  const collected = isObjectType(type) ? [...collectFields(scope, type, selectionSetsOf(nodes)).values()] : [];
  const named = collected.filter(([first]) => first?.name.value === name);
  const found = {
    fields: definition ? named.map(([first]) => planArguments(definition, first)) : [],
    nodes: named.flat(),
    type: definition ? getNamedType(definition.type).name : '',
  };
  below.set(key, found);
  return found;
}

function select(above: readonly FieldNode[], typeName: string, name: string, scope: Scope): Selected {
  const { fields, nodes, type } = find(above, typeName, name, scope);
  return {
    isEmpty: fields.length === 0,
    arguments: () => fields.map((argumentsFor) => argumentsFor(scope.variableValues)),
    below: (next) => select(nodes, type, next, scope),
  };
}

/** The fields called `name` that a document selects below a field whose value will be an object of type `typeName`. */
export function selectedBelow(info: GraphQLResolveInfo, typeName: string, name: string): Selected {
  return select(info.fieldNodes, typeName, name, info);
}
