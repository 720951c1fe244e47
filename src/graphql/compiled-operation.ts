/** A query as a function: what is asked over and over is compiled once, and not walked anew for each answer. */
import { Kind, OperationTypeNode, getOperationAST, getVariableValues, parse, visit } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Context } from './context.ts';
import { MAX_TOKENS, fieldsOf } from './limits.ts';

type Variables = Readonly<Record<string, unknown>>;

/** A query of which nothing but the variables can still be wrong. */
export interface CompiledOperation {
  readonly document: DocumentNode;
  readonly name: string | null;
  /** Whether the variables are what the document declares. Where they are not, GraphQL.js says it better. */
  readonly accepts: (variables: Variables) => boolean;
  /** Answers as `execute` of GraphQL.js would. Each error says where in the document it stands. */
  readonly execute: (context: Context, variables: Variables) => ExecutionResult | Promise<ExecutionResult>;
}

/**
 * More fields, each fragment counted wherever it is spread, are not compiled: the function has code for every one of them, and
 * it would take longer to compile it than to walk the document.
 */
const MOST_FIELDS = 1_000;

/** Whether GraphQL.js has to answer it: what asks for the schema, and a name that an object written out would take for its prototype. */
function isForGraphQLjs(document: DocumentNode): boolean {
  let isSo = false;
  visit(document, {
    [Kind.FIELD]({ name, alias }) {
      isSo ||= name.value === '__schema' || name.value === '__type' || alias?.value === '__proto__';
    },
  });
  return isSo;
}

/** Compiles one operation of a valid document; null for one that is no query, or that GraphQL.js had better walk. */
export function compileOperation(
  schema: GraphQLSchema,
  source: string,
  operationName: string | null,
): CompiledOperation | null {
  // The compiler leaves its marks on the nodes, so that it gets a document of its own; with locations, for the errors.
  const document = parse(source, { maxTokens: MAX_TOKENS });
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.QUERY) return null;
  if (isForGraphQLjs(document) || fieldsOf(document, operation) > MOST_FIELDS) return null;
  const compiled = compileQuery(schema, document, operationName ?? undefined);
  if (!isCompiledQuery(compiled)) return null;
  const declared = operation.variableDefinitions ?? [];
  return {
    document,
    name: operation.name?.value ?? null,
    accepts: (variables) =>
      declared.length === 0 || getVariableValues(schema, declared, variables, { maxErrors: 1 }).errors === undefined,
    execute: (context, variables) => compiled.query(undefined, context, { ...variables }),
  };
}
