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

function select(nodes: readonly FieldNode[], typeName: string, name: string, scope: Scope): Selected {
  const type = scope.schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  const collected = isObjectType(type) ? [...collectFields(scope, type, selectionSetsOf(nodes)).values()] : [];
  const found = collected.filter(([first]) => first?.name.value === name);
  return {
    isEmpty: found.length === 0,
    arguments: () =>
      found.flatMap(([first]) => (field && first ? [getArgumentValues(field, first, scope.variableValues)] : [])),
    below: (next) => select(found.flat(), field ? getNamedType(field.type).name : '', next, scope),
  };
}

/** The fields of a name that a document selects of the object of type `typeName` that a field is to become. */
export function selectedBelow(info: GraphQLResolveInfo, typeName: string, name: string): Selected {
  return select(info.fieldNodes, typeName, name, info);
}
