/** Whether an operation may be executed. Whatever door it came in by, it is asked here. */
import { GraphQLError, getOperationAST, specifiedRules, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema, ValidationRule } from 'graphql';
import { costError, createCostMeasure } from './cost.ts';
import { limitErrors } from './limits.ts';
import { conditionalRootErrors } from './subscription-root.ts';

/** How many errors of one document are told: who has so many has enough to do. */
const MAX_ERRORS = 20;

/** What GraphQL.js says when it has compared fields for long enough. */
const ABORTED = 'Validation aborted.';
const OVERLAPPING = 'The fields of this document overlap in more ways than can be compared. Ask for each field once.';

/** So many times as long it takes to answer an operation whose resolvers are timed, and to tell all the times. */
const TRACED = 8;

/** https://spec.graphql.org/draft/#sec-Operation-Type-Existence, which the rules of GraphQL.js 16 do not have. */
const operationTypeRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(new GraphQLError(`There is no ${node.operation} in this schema.`, { nodes: node }));
  },
});

/** As `NoSchemaIntrospectionCustomRule` of GraphQL.js, but told once for what is asked once. */
const noIntrospectionRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '__schema' && node.name.value !== '__type') return;
    const message = `The schema cannot be asked for here with "${node.name.value}": its operator has not allowed INTROSPECTION. Ask them for the file schema.graphql.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Whether each resolver is to be timed, for the trace of federation. */
  readonly isTraced?: boolean | undefined;
}

interface ValidationOptions {
  readonly schema: GraphQLSchema;
  /** Whether clients may ask for the schema, and are told what they may have meant when they ask for what is not in it. */
  readonly introspection: boolean;
}

/** Says why an operation may not be executed; with no errors it may. */
export type Validate = (request: OperationRequest) => readonly GraphQLError[];

/**
 * Creates what says why an operation may not be executed; with no errors it may. The limits come first: for a document
 * beyond them, GraphQL.js' own rules could take far longer than for any within. What a document once was told is
 * remembered as long as the document is.
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
    // Without an operation of that name nothing is executed, and the execution says so.
    const operation = getOperationAST(document, operationName);
    if (!operation) return [];
    const cost = costOf(document, operation, variables) * (isTraced ? TRACED : 1);
    const tooDear = costError(cost, operation);
    return tooDear === null ? [] : [tooDear];
  };
}
