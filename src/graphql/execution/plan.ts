/**
 * The execution plan of an operation, computed once: its fields in order, their resolvers, and the completion of their
 * values. `execute` of GraphQL.js computes all that again for each object of each response.
 */
import { TypeNameMetaFieldDef, getNullableType, isLeafType, isListType, isNullableType, isObjectType } from 'graphql';
import type {
  FieldNode,
  GraphQLAbstractType,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  SelectionSetNode,
} from 'graphql';
import { collectFields, selectionSetsOf } from './collect.ts';
import type { Scope } from './collect.ts';
import { planArguments } from './field-arguments.ts';
import { completeLater, fail, isPromise, leaf, list, orNull, put, putNull, responsePath } from './completion.ts';
import type { Complete, Execution, Place, PlannedField } from './completion.ts';

/** Fills one field, or all fields, of the object at a place. False when the object has to become null. */
export type Fill = (execution: Execution, source: unknown, place: Place, result: Record<string, unknown>) => boolean;

/** The plan for objects of one type. */
interface Plan {
  readonly fill: Fill;
  /** An object with all keys of the result: to copy it is cheaper than to add the keys one by one. */
  readonly blank: Readonly<Record<string, unknown>>;
}

/** The part of `GraphQLResolveInfo` that belongs to one field. */
type FieldInfo = 'fieldName' | 'fieldNodes' | 'returnType' | 'parentType' | 'path';

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * Plans a selection set on an object type. The scope's values of `@skip` and `@include` variables are built into it.
 */
export function planObject(scope: Scope, root: GraphQLObjectType, selectionSet: SelectionSetNode): Fill {
  let fieldsPlanned = 0;

  function completeObject(type: GraphQLObjectType, { nodes, isNullable }: PlannedField): Complete {
    const { fill, blank } = plan(type, selectionSetsOf(nodes));
    return (execution, value, parent, container, key) => {
      // Object spread is fast only for the first few shapes at a call site, and this one sees the shapes of all types.
      const result = Object.assign({}, blank);
      put(container, key, result);
      const place = { parent, container, key, isNullable, pending: 0 };
      if (fill(execution, value, place, result)) return true;
      putNull(execution, place);
      return isNullable;
    };
  }

  /** A value of an abstract type names its type in `__typename`, which the resolver of entities sets. */
  function completeAbstract(type: GraphQLAbstractType, field: PlannedField): Complete {
    const possible = new Map<unknown, Complete>();
    for (const object of scope.schema.getPossibleTypes(type)) possible.set(object.name, completeObject(object, field));
    return (execution, value, parent, container, key) => {
      const complete = isObject(value) ? possible.get(value['__typename']) : undefined;
      if (complete !== undefined) return complete(execution, value, parent, container, key);
      const error = new Error(
        `A value of the type "${type.name}" has no "__typename" that names one of its possible types.`,
      );
      return fail(execution, error, field, { parent, container, key });
    };
  }

  function completion(type: GraphQLOutputType, field: PlannedField): Complete {
    const bare = getNullableType(type);
    function complete(): Complete {
      if (isLeafType(bare)) return leaf(bare, field);
      if (isObjectType(bare)) return completeObject(bare, field);
      if (!isListType(bare)) return completeAbstract(bare, field);
      const itemField = { ...field, isNullable: isNullableType(bare.ofType) };
      return list(completion(bare.ofType, itemField), field, itemField);
    }
    return orNull(complete(), field);
  }

  function planField(
    key: string,
    parentType: GraphQLObjectType,
    definition: GraphQLField<unknown, unknown>,
    fieldNodes: readonly FieldNode[],
  ): Fill {
    const { name: fieldName, type: returnType, resolve } = definition;
    const name = `${parentType.name}.${fieldName}`;
    const field: PlannedField = { nodes: fieldNodes, name, isNullable: isNullableType(returnType) };
    const complete = completion(returnType, field);
    const argumentsFor = planArguments(definition, fieldNodes[0]);
    const number = fieldsPlanned;
    fieldsPlanned += 1;

    function argumentsIn({ args, info }: Execution): Readonly<Record<string, unknown>> {
      return (args[number] ??= argumentsFor(info.variableValues));
    }

    function infoIn({ info }: Execution, place: Place): Execution['info'] & Pick<GraphQLResolveInfo, FieldInfo> {
      const path = responsePath(place, key, parentType.name);
      return { ...info, fieldName, fieldNodes, returnType, parentType, path };
    }

    function resolveIn(execution: Execution, source: unknown, place: Place): unknown {
      if (resolve !== undefined) {
        const { context } = execution;
        const given = argumentsIn(execution);
        // Most resolvers do not declare `info`, so it need not be built.
        if (resolve.length < 4) return Reflect.apply(resolve, undefined, [source, given, context]);
        return Reflect.apply(resolve, undefined, [source, given, context, infoIn(execution, place)]);
      }
      const property = isObject(source) ? source[fieldName] : undefined;
      if (typeof property !== 'function') return property;
      return Reflect.apply(property, source, [argumentsIn(execution), execution.context, infoIn(execution, place)]);
    }

    return (execution, source, place, result) => {
      try {
        const value = resolveIn(execution, source, place);
        if (!isPromise(value)) return complete(execution, value, place, result, key);
        completeLater(execution, value, complete, field, place, result, key);
        return true;
      } catch (error) {
        return fail(execution, error, field, { parent: place, container: result, key });
      }
    };
  }

  function plan(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): Plan {
    const fills: Fill[] = [];
    const blank: Record<string, unknown> = {};
    for (const [key, nodes] of collectFields(scope, type, selectionSets)) {
      const name = nodes[0]?.name.value ?? '';
      const definition = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name];
      if (definition === undefined) continue;
      fills.push(planField(key, type, definition, nodes));
      blank[key] = undefined;
    }
    function fillAll(execution: Execution, source: unknown, place: Place, result: Record<string, unknown>): boolean {
      for (const fill of fills) if (!fill(execution, source, place, result)) return false;
      return true;
    }
    return { fill: fillAll, blank };
  }

  return plan(root, [selectionSet]).fill;
}
