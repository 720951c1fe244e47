/** Plans a query once, to execute it many times. */
import { GraphQLError, Kind, OperationTypeNode, getOperationAST, getVariableValues, visit } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import { fragmentsOf } from '../documents/fragments.ts';
import { fieldsOf } from '../limits/limits.ts';
import type { Execution } from './completion.ts';
import { planObject } from './plan.ts';
import type { Fill } from './plan.ts';

type Variables = Readonly<Record<string, unknown>>;

/** A valid query, of which only the variables can still be invalid. */
export interface PlannedOperation {
  readonly document: DocumentNode;
  readonly name: string | null;
  /** The maximum number of fields in all plans of this operation together. */
  readonly mostFields: number;
  /**
   * Returns a function that executes the operation with these variables, as `execute` of GraphQL.js would. Null when
   * the variables are invalid, which GraphQL.js reports better, or when the limit of plans is reached.
   */
  prepare(variables: Variables): ((context: unknown) => ExecutionResult | Promise<ExecutionResult>) | null;
}

/** Operations with more fields, fragments counted per spread, are not planned: no page of a frontend needs so many. */
const MOST_FIELDS = 200;
/** The maximum number of plans of one operation: one plan for each combination of `@skip` and `@include` variables. */
const MOST_PLANS = 8;

/** Whether only GraphQL.js can execute a document, and which variables its directives use. */
function inspectDocument(document: DocumentNode): {
  readonly isForGraphQLjs: boolean;
  readonly conditions: ReadonlySet<string>;
} {
  let isForGraphQLjs = false;
  const conditions = new Set<string>();
  visit(document, {
    Field({ name, alias }) {
      // The resolvers of introspection are internal to GraphQL.js. The key `__proto__` cannot be set by assignment.
      isForGraphQLjs ||= name.value === '__schema' || name.value === '__type' || alias?.value === '__proto__';
    },
    Directive: ({ arguments: given = [] }) => {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
    },
  });
  return { isForGraphQLjs, conditions };
}

/** Plans one operation of a valid document. Null when it is not a query, is too large, or needs GraphQL.js. */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
): PlannedOperation | null {
  const operation = getOperationAST(document, operationName);
  const queryType = schema.getQueryType();
  if (operation?.operation !== OperationTypeNode.QUERY || !queryType) return null;
  const { isForGraphQLjs, conditions } = inspectDocument(document);
  const fields = fieldsOf(document, operation);
  if (isForGraphQLjs || fields > MOST_FIELDS) return null;
  const fragments = Object.fromEntries(fragmentsOf(document));
  const declared = operation.variableDefinitions ?? [];
  const plans = new Map<string, Fill>();

  const planFor = (variableValues: Variables): Fill | null => {
    const key = JSON.stringify([...conditions].map((name) => variableValues[name]));
    const known = plans.get(key);
    if (known !== undefined) return known;
    if (plans.size === MOST_PLANS) return null;
    const plan = planObject({ schema, fragments, variableValues }, queryType, operation.selectionSet);
    plans.set(key, plan);
    return plan;
  };

  /** Coerces the variables; null when they are invalid. */
  function coerce(variables: Variables): Variables | null {
    if (declared.length === 0) return {};
    return getVariableValues(schema, declared, variables, { maxErrors: 1 }).coerced ?? null;
  }

  return {
    document,
    name: operation.name?.value ?? null,
    mostFields: fields * Math.min(MOST_PLANS, 2 ** conditions.size),
    prepare(variables) {
      const variableValues = coerce(variables);
      if (variableValues === null) return null;
      let fill: Fill | null;
      try {
        fill = planFor(variableValues);
      } catch (error) {
        // For instance, a variable of a directive is null.
        if (error instanceof GraphQLError) return null;
        throw error;
      }
      if (fill === null) return null;
      const info = { schema, fragments, operation, rootValue: undefined, variableValues: { ...variableValues } };
      return (context) => execute(fill, context, info);
    },
  };
}

function execute(fill: Fill, context: unknown, info: Execution['info']): ExecutionResult | Promise<ExecutionResult> {
  const data = {};
  const answer: { data: Record<string, unknown> | null } = { data };
  const { promise, resolve } = Promise.withResolvers<void>();
  const execution: Execution = { context, info, errors: [], args: [], done: resolve };
  // Counts the filling itself, so that it cannot be done before all fields are resolved.
  const root = { parent: null, container: answer, key: 'data', isNullable: true, pending: 1 };
  if (!fill(execution, undefined, root, data)) answer.data = null;
  root.pending -= 1;
  const result = (): ExecutionResult => {
    const { errors } = execution;
    return errors.length === 0 ? answer : { errors, ...answer };
  };
  return answer.data === null || root.pending === 0 ? result() : promise.then(result);
}
