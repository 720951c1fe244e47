/**
 * Operations that are asked over and over. The first time Apollo Server answers one, and says what is wrong with it if
 * anything is; from the second time on it is answered here, by the plan that was made of it.
 */
import { execute } from 'graphql';
import type { DocumentNode, ExecutionResult, FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { Log } from '../log.ts';
import type { Context } from './context.ts';
import { formatError } from './errors.ts';
import { planOperation } from './execution/operation.ts';
import type { PlannedOperation } from './execution/operation.ts';
import { locationsOf, withLocations } from './location.ts';
import { createNewest } from '../newest.ts';
import { answerOf } from './observer.ts';
import { logUnforeseen } from './unforeseen.ts';
import type { Validate } from './validation.ts';

/** What a client asks: a document, which of its operations, and with what. */
interface Asked {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An operation that is known, with variables that it accepts. */
export interface KnownOperation {
  /** Executes it. The errors are those that the client reads. */
  execute(context: Context, requestId: string | undefined): Promise<FormattedExecutionResult>;
  /** The same, told to who watches, as the text of the whole response. */
  answer(context: Context, requestId: string): Promise<string>;
}

export interface KnownOperations {
  /** Notes that an operation was found valid, in the document that `query` was parsed to. Called each time that Apollo Server is about to execute one. */
  readonly note: (query: string, document: DocumentNode, operationName: string | null) => void;
  /** Executes what is not known, as GraphQL.js does, and with no resolver timed. The operation has to be valid. */
  readonly execute: (
    asked: Asked,
    document: DocumentNode,
    context: Context,
    requestId: string | undefined,
  ) => Promise<FormattedExecutionResult>;
  /** Finds what a client asks; null where it is not known, or something is wrong with its variables or its cost. */
  readonly find: (asked: Asked) => KnownOperation | null;
}

interface KnownOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly validate: Validate;
  readonly log: Log;
  /** How often an operation was asked when it is planned: who asks once would pay for what nobody uses. */
  readonly plannedAfter?: number | undefined;
}

/** So many fields are kept in all plans together, those of the operations that were asked last: a plan of one takes about a kilobyte. */
const FIELDS_KEPT = 50_000;
/** An operation counts as so many at least, so that 500 are kept: a frontend has some dozens. */
const LEAST_FIELDS = 100;
/** Longer documents are not kept. */
const LONGEST_CHARACTERS = 20_000;

/** How often an operation was asked; and its plan, null where there can be none. */
interface Known {
  readonly times: number;
  readonly planned: PlannedOperation | null;
}

function keyOf(query: string, operationName: string | null): string {
  return JSON.stringify([operationName, query]);
}

/** Creates what remembers the operations of all clients. What it answers is what Apollo Server would. */
export function createKnownOperations({
  schema,
  validate,
  log,
  plannedAfter = 2,
}: KnownOperationsOptions): KnownOperations {
  const known = createNewest<Known>(FIELDS_KEPT);

  async function tell(
    document: DocumentNode,
    source: string,
    result: ExecutionResult | Promise<ExecutionResult>,
    requestId: string | undefined,
  ): Promise<FormattedExecutionResult> {
    const { data, errors } = await result;
    if (errors === undefined) return { data: data ?? null };
    logUnforeseen(log, requestId, errors);
    const locations = locationsOf(source, document);
    const told = errors.map((error) => withLocations(formatError(error.toJSON(), error), error.nodes, locations));
    // Without any, nothing was executed.
    return { errors: told, ...(data === undefined ? {} : { data }) };
  }

  return {
    note(query, document, operationName) {
      if (query.length > LONGEST_CHARACTERS) return;
      const key = keyOf(query, operationName);
      const before = known.get(key);
      const times = (before?.times ?? 0) + 1;
      const planned =
        times === plannedAfter ? planOperation(schema, document, operationName) : (before?.planned ?? null);
      known.set(key, { times, planned }, Math.max(LEAST_FIELDS, planned?.mostFields ?? 0));
    },
    execute({ query, operationName, variables }, document, context, requestId) {
      const given = { schema, document, operationName, variableValues: variables, contextValue: context };
      return tell(document, query, Promise.resolve(execute(given)), requestId);
    },
    find({ query, operationName, variables }) {
      const operation = known.get(keyOf(query, operationName))?.planned;
      if (!operation) return null;
      const { document } = operation;
      if (validate({ document, operationName, variables }).length > 0) return null;
      const run = operation.prepare(variables);
      if (run === null) return null;
      return {
        execute: (context, requestId) => tell(document, query, run(context), requestId),
        async answer(context, requestId) {
          const { observer } = context;
          observer?.onBegun();
          const result = await tell(document, query, run(context), requestId);
          observer?.onAnswered(answerOf('query', operation.name, result));
          return `${JSON.stringify(result)}\n`;
        },
      };
    },
  };
}
