/**
 * Executes operations, and caches repeated ones. An operation that has been requested often enough is planned, and from
 * then on executed by its plan; any other is executed by GraphQL.js.
 */
import { execute } from 'graphql';
import type { DocumentNode, FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { Log } from '../../log.ts';
import { createLruCache } from '../../lru-cache.ts';
import type { Context } from '../context.ts';
import { answerOf } from '../observer.ts';
import { formatResult } from '../response.ts';
import type { Validate } from '../validation.ts';
import { planOperation } from './operation.ts';
import type { PlannedOperation } from './operation.ts';

/** An operation as a client requests it. */
interface RequestedOperation {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A planned operation with valid variables. */
export interface KnownOperation {
  /** Executes the operation. The errors are formatted for the client. */
  execute(context: Context, requestId: string | undefined): Promise<FormattedExecutionResult>;
  /** Executes the operation, notifies the context's observer, and returns the response body. */
  answer(context: Context, requestId: string): Promise<Buffer>;
}

export interface KnownOperations {
  /**
   * Counts a valid operation that came through Apollo Server, and plans it when due. `document` is the parsed `query`.
   */
  readonly note: (query: string, document: DocumentNode, operationName: string | null) => void;
  /** Executes a valid operation, by its plan or else by GraphQL.js. The errors are formatted for the client. */
  readonly execute: (
    requested: RequestedOperation,
    document: DocumentNode,
    context: Context,
    requestId: string | undefined,
  ) => Promise<FormattedExecutionResult>;
  /** Finds the plan of an operation; null when there is none, or when the variables or the cost are invalid. */
  readonly find: (requested: RequestedOperation) => KnownOperation | null;
}

interface KnownOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly validate: Validate;
  readonly log: Log;
  /** The number of requests after which an operation is planned: a plan for a single request would be wasted. */
  readonly plannedAfter?: number | undefined;
}

/** The capacity of the cache, in planned fields of about a kilobyte each. The least recently used are evicted. */
const FIELDS_KEPT = 50_000;
/** The minimum weight of an operation, in fields. It limits the cache to 500 operations; a frontend has some dozens. */
const LEAST_FIELDS = 100;
/** Longer documents are not cached. */
const LONGEST_CHARACTERS = 20_000;

/** The number of requests of an operation, and its plan: null before it is planned, or when it cannot be planned. */
interface Known {
  readonly times: number;
  readonly planned: PlannedOperation | null;
}

/** A value as Apollo Server prints it: JSON and a line feed, which is added to the bytes, because text would be copied. */
function jsonLine(value: unknown): Buffer {
  const json = JSON.stringify(value);
  const jsonBytes = Buffer.byteLength(json);
  const line = Buffer.allocUnsafe(jsonBytes + 1);
  line.write(json);
  line.write('\n', jsonBytes);
  return line;
}

function keyOf(query: string, operationName: string | null): string {
  return JSON.stringify([operationName, query]);
}

/** Creates the cache of operations, shared by all clients. Its responses equal those of Apollo Server. */
export function createKnownOperations({
  schema,
  validate,
  log,
  plannedAfter = 2,
}: KnownOperationsOptions): KnownOperations {
  const known = createLruCache<Known>(FIELDS_KEPT);

  function find({ query: source, operationName, variables }: RequestedOperation): KnownOperation | null {
    const operation = known.get(keyOf(source, operationName))?.planned;
    if (!operation) return null;
    const { document, name } = operation;
    if (validate({ document, operationName, variables }).length > 0) return null;
    const run = operation.prepare(variables);
    if (run === null) return null;

    const executePlan: KnownOperation['execute'] = async (context, requestId) =>
      formatResult(await run(context), { source, document }, log, requestId);
    return {
      execute: executePlan,
      async answer(context, requestId) {
        const { observer } = context;
        observer?.onBegun();
        const result = await executePlan(context, requestId);
        observer?.onAnswered(answerOf('query', name, result));
        return jsonLine(result);
      },
    };
  }

  return {
    find,
    note(query, document, operationName) {
      if (query.length > LONGEST_CHARACTERS) return;
      const key = keyOf(query, operationName);
      const before = known.get(key);
      const times = (before?.times ?? 0) + 1;
      const planned =
        times === plannedAfter ? planOperation(schema, document, operationName) : (before?.planned ?? null);
      known.set(key, { times, planned }, Math.max(LEAST_FIELDS, planned?.mostFields ?? 0));
    },
    async execute(requested, document, context, requestId) {
      const operation = find(requested);
      if (operation !== null) return operation.execute(context, requestId);
      const { query: source, operationName, variables } = requested;
      const given = { schema, document, operationName, variableValues: variables, contextValue: context };
      return formatResult(await execute(given), { source, document }, log, requestId);
    },
  };
}
