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

/** Fields of one name that were found below others: by the key that each has in the answer, and all their nodes together. */
interface Found {
  readonly fields: readonly (readonly FieldNode[])[];
  readonly nodes: readonly FieldNode[];
}

/**
 * What is found below the nodes of a field: asked again for each object of a list, and then with the same nodes. Variables that
 * leave fields out are the same for the same nodes, whether they belong to a plan or to one execution of GraphQL.js.
 */
const known = new WeakMap<readonly FieldNode[], Map<string, Found>>();

function find(nodes: readonly FieldNode[], typeName: string, name: string, scope: Scope): Found {
  const below = known.get(nodes) ?? new Map<string, Found>();
  known.set(nodes, below);
  const key = `${typeName}.${name}`;
  const before = below.get(key);
  if (before !== undefined) return before;
  const type = scope.schema.getType(typeName);
  const collected = isObjectType(type) ? [...collectFields(scope, type, selectionSetsOf(nodes)).values()] : [];
  const fields = collected.filter(([first]) => first?.name.value === name);
  const found = { fields, nodes: fields.flat() };
  below.set(key, found);
  return found;
}

function select(above: readonly FieldNode[], typeName: string, name: string, scope: Scope): Selected {
  const { fields, nodes } = find(above, typeName, name, scope);
  const type = scope.schema.getType(typeName);
  const definition = isObjectType(type) ? type.getFields()[name] : undefined;
  return {
    isEmpty: fields.length === 0,
    arguments: () =>
      fields.flatMap(([first]) =>
        definition && first ? [getArgumentValues(definition, first, scope.variableValues)] : [],
      ),
    below: (next) => select(nodes, definition ? getNamedType(definition.type).name : '', next, scope),
  };
}

/** The fields of a name that a document selects of the object of type `typeName` that a field is to become. */
export function selectedBelow(info: GraphQLResolveInfo, typeName: string, name: string): Selected {
  return select(info.fieldNodes, typeName, name, info);
}
