/** What a document selects below a field: known before the field has a value. */
import { getArgumentValues, getNamedType, isObjectType } from 'graphql';
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import { collectFields, selectionSetsOf } from './execution/collect.ts';
import type { Scope } from './execution/collect.ts';

/** Fields of one name, under one alias or several, in one place of a document. */
export interface Selected {
  readonly isEmpty: boolean;
  /** The arguments of each, as its resolver will be given them. */
  arguments(): readonly Readonly<Record<string, unknown>>[];
  /** The fields of a name that are selected of what they are. */
  below(name: string): Selected;
}

/**
 * What is found below the nodes of a field: asked again for each object of a list, and then with the same nodes. Variables that leave
 * fields out are the same for the same nodes, whether they belong to a plan or to one execution of GraphQL.js.
 */
const found = new WeakMap<readonly FieldNode[], Map<string, readonly (readonly FieldNode[])[]>>();

function find(
  nodes: readonly FieldNode[],
  typeName: string,
  name: string,
  scope: Scope,
): readonly (readonly FieldNode[])[] {
  const known = found.get(nodes) ?? new Map<string, readonly (readonly FieldNode[])[]>();
  found.set(nodes, known);
  const key = `${typeName}.${name}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const type = scope.schema.getType(typeName);
  const collected = isObjectType(type) ? [...collectFields(scope, type, selectionSetsOf(nodes)).values()] : [];
  const fields = collected.filter(([first]) => first?.name.value === name);
  known.set(key, fields);
  return fields;
}

function select(nodes: readonly FieldNode[], typeName: string, name: string, scope: Scope): Selected {
  const fields = find(nodes, typeName, name, scope);
  const type = scope.schema.getType(typeName);
  const definition = isObjectType(type) ? type.getFields()[name] : undefined;
  return {
    isEmpty: fields.length === 0,
    arguments: () =>
      fields.flatMap(([first]) =>
        definition && first ? [getArgumentValues(definition, first, scope.variableValues)] : [],
      ),
    below: (next) => select(fields.flat(), definition ? getNamedType(definition.type).name : '', next, scope),
  };
}

/** The fields of a name that a document selects of the object of type `typeName` that a field is to become. */
export function selectedBelow(info: GraphQLResolveInfo, typeName: string, name: string): Selected {
  return select(info.fieldNodes, typeName, name, info);
}
