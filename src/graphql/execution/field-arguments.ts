/** Plans the arguments of a field: https://spec.graphql.org/October2021/#sec-Coercing-Field-Arguments */
import { Kind, getArgumentValues, isNonNullType } from 'graphql';
import type { FieldNode, GraphQLArgument, GraphQLField, ValueNode } from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** Returns the arguments of a field for the coerced variables of an operation. Throws as `getArgumentValues` does. */
export type FieldArguments = (variableValues: Values) => Values;

/** An argument whose value is a constant, or that of a variable. */
interface PlannedArgument extends Pick<GraphQLArgument, 'name' | 'type'> {
  readonly variable: string | null;
  readonly constant: unknown;
}

const NO_ARGUMENTS: Values = {};

/** Whether a value is or contains no variable. */
function isConstant(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.every(isConstant);
  if (value.kind === Kind.OBJECT) return value.fields.every((field) => isConstant(field.value));
  return value.kind !== Kind.VARIABLE;
}

/**
 * Plans the arguments of a field of a valid document, once for all operations: its constants are coerced now, and its
 * variables have been coerced when it is executed. `getArgumentValues` of GraphQL.js does all that for each operation.
 */
export function planArguments(definition: GraphQLField<unknown, unknown>, node: FieldNode | undefined): FieldArguments {
  if (node === undefined || definition.args.length === 0) return () => NO_ARGUMENTS;
  const given = new Map(node.arguments?.map(({ name, value }) => [name.value, value]));
  const planned: PlannedArgument[] = [];
  for (const argument of definition.args) {
    const { name, type } = argument;
    const value = given.get(name);
    if (value?.kind === Kind.VARIABLE) planned.push({ name, type, variable: value.name.value, constant: undefined });
    // A list or an object of variables is rare.
    else if (value !== undefined && !isConstant(value)) return (values) => getArgumentValues(definition, node, values);
    else {
      const constants = getArgumentValues({ ...definition, args: [argument] }, node);
      if (name in constants) planned.push({ name, type, variable: null, constant: constants[name] });
    }
  }

  return (variableValues) => {
    const values: Record<string, unknown> = {};
    for (const { name, type, variable, constant } of planned) {
      // A variable may have the name of a member of every object.
      const isGiven = variable === null || Object.hasOwn(variableValues, variable);
      const value = variable === null ? constant : variableValues[variable];
      // The default of the argument applies, or it is an error.
      if (!isGiven || (value === null && isNonNullType(type)))
        return getArgumentValues(definition, node, variableValues);
      values[name] = value;
    }
    return values;
  };
}
