/** Decides whether an operation may be executed, for all transports. */
import { GraphQLError, getOperationAST, specifiedRules, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema, ValidationRule } from 'graphql';
import { costError, createCostMeasure } from './limits/cost.ts';
import { limitErrors } from './limits/limits.ts';
import { conditionalRootErrors } from './limits/subscription-root.ts';

/** The maximum number of reported errors of one document. */
const MAX_ERRORS = 20;

/** The message of GraphQL.js when it stops comparing fields. */
const ABORTED = 'Validation aborted.';
const OVERLAPPING = 'The fields of this document overlap in too many ways to be compared. Select each field only once.';

/** How many times longer an operation takes when its resolvers are timed and the times are reported. */
const TRACING_FACTOR = 8;

/** https://spec.graphql.org/draft/#sec-Operation-Type-Existence, a rule that GraphQL.js 16 lacks. */
const operationTypeRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(
      new GraphQLError(`The schema does not support operations of the type "${node.operation}".`, { nodes: node }),
    );
  },
});

/** Like `NoSchemaIntrospectionCustomRule` of GraphQL.js, but with one error per introspection field. */
const noIntrospectionRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '__schema' && node.name.value !== '__type') return;
    const message = `Introspection with "${node.name.value}" is disabled. Ask the operator to set INTROSPECTION=true, or read the schema in the file schema.graphql.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Whether each resolver is timed, for the federation trace. */
  readonly isTraced?: boolean | undefined;
}

interface ValidationOptions {
  readonly schema: GraphQLSchema;
  /** Whether clients may query the schema, and receive suggestions for misspelled names. */
  readonly introspection: boolean;
}

/** Returns the errors that prevent an operation's execution; an empty list allows it. */
export type Validate = (request: OperationRequest) => readonly GraphQLError[];

/**
 * Creates a `Validate`. It checks the limits first, because for a document beyond them the rules of GraphQL.js could
 * take far longer than for any other. The errors of a document are cached as long as the document itself.
 */
export function createValidation({ schema, introspection }: ValidationOptions): Validate {
  const known = new WeakMap<DocumentNode, readonly GraphQLError[]>();
  const costOf = createCostMeasure(schema);
  const rules = [...specifiedRules, operationTypeRule, ...(introspection ? [] : [noIntrospectionRule])];

  function errorsOf(document: DocumentNode): readonly GraphQLError[] {
    for (const errors of [limitErrors(document), conditionalRootErrors(document)])
      if (errors.length > 0) return errors.slice(0, MAX_ERRORS);
    return validate(schema, document, rules, { maxErrors: MAX_ERRORS, hideSuggestions: !introspection }).map((error) =>
      error.message === ABORTED ? new GraphQLError(OVERLAPPING) : error,
    );
  }

  return ({ document, operationName, variables = {}, isTraced = false }) => {
    const errors = known.get(document) ?? errorsOf(document);
    known.set(document, errors);
    if (errors.length > 0) return errors;
    // Without an operation of that name, the executor returns an error.
    const operation = getOperationAST(document, operationName);
    if (!operation) return [];
    const cost = costOf(document, operation, variables) * (isTraced ? TRACING_FACTOR : 1);
    const tooDear = costError(cost, operation);
    return tooDear === null ? [] : [tooDear];
  };
}
