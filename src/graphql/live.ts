/**
 * Executes operations over connections that stay open: subscriptions, and queries over WebSocket or events. Apollo
 * Server does not support these. Validation and error formats are the same as there.
 */
import {
  GraphQLError,
  OperationTypeNode,
  createSourceEventStream,
  execute,
  getOperationAST,
  locatedError,
} from 'graphql';
import type {
  DocumentNode,
  ExecutionResult,
  FormattedExecutionResult,
  GraphQLFormattedError,
  GraphQLSchema,
  VariableDefinitionNode,
} from 'graphql';
import { onAbort } from '../abort.ts';
import { AuthenticationError } from '../access/error.ts';
import type { Log } from '../log.ts';
import { isRecord } from '../record.ts';
import type { Context } from './context.ts';
import { createDocuments } from './documents/documents.ts';
import { fragmentsOf } from './documents/fragments.ts';
import type { FindDocument } from './documents/trusted-documents.ts';
import { formatError } from './errors.ts';
import { collectFields } from './execution/collect.ts';
import { answerOf } from './observer.ts';
import type { OperationAnswer } from './observer.ts';
import { NO_DOCUMENT, NO_OPERATION } from './request-sentence.ts';
import { formatRefusal, formatResult } from './response.ts';
import type { Validate } from './validation.ts';

/** A client's request. It contains the document as `query`, or names a trusted one. */
interface LiveRequest {
  readonly query?: string | null | undefined;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The transports for operations with any number of results. */
export type LiveTransport = 'sse' | 'websocket' | 'callback';

/** The caller of an operation, and the lifetime of its connection. */
interface LiveCaller {
  readonly requestId: string;
  /** The transport of the connection. */
  readonly transport: LiveTransport;
  /** Aborts when the caller has disconnected, or with an `AuthenticationError` when they may no longer listen. */
  readonly signal: AbortSignal;
  /**
   * Called when the single result is ready, or the subscription is established or refused: it then waits for no work.
   */
  readonly onSettled?: (() => void) | undefined;
  /** Creates the context of one execution; `end` releases it. */
  open(): { readonly context: Context; readonly end: () => void };
}

/** An operation that may be executed, or the errors that prevent it. */
type LiveOperation =
  | { readonly errors: readonly GraphQLFormattedError[] }
  | {
      readonly errors: null;
      readonly document: DocumentNode;
      readonly isSubscription: boolean;
      /**
       * Executes the operation. Each event of a subscription is executed when it is pulled, with an empty loader cache.
       */
      answers(caller: LiveCaller): AsyncGenerator<FormattedExecutionResult, void>;
    };

interface LiveOptions {
  readonly schema: GraphQLSchema;
  readonly validate: Validate;
  readonly find: FindDocument;
  readonly log: Log;
  /** Observes operations that are refused before execution, and changes in the number of subscriptions. */
  readonly observer?:
    | {
        readonly onRefused: (codes: readonly unknown[]) => void;
        readonly onSubscribed: (transport: LiveTransport, change: 1 | -1) => void;
      }
    | undefined;
}

/** Persisted queries are stored only by Apollo Server, so requests here have to contain the document. */
const NOT_REMEMBERED: GraphQLFormattedError = {
  message: 'PersistedQueryNotFound',
  extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
};

const EMPTY: GraphQLFormattedError = { message: NO_DOCUMENT, extensions: { code: 'BAD_REQUEST' } };

function namesPersisted({ extensions }: LiveRequest): boolean {
  return isRecord(extensions) && isRecord(extensions['persistedQuery']);
}

/** The values of the variables that an operation declares. The others would be kept while a subscription runs. */
function declared(
  definitions: readonly VariableDefinitionNode[],
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = definitions.map(({ variable }) => variable.name.value);
  return Object.fromEntries(
    names.filter((each) => Object.hasOwn(variables, each)).map((each) => [each, variables[each]]),
  );
}

/** Creates a function that checks a request and prepares its operation. */
export function createLive({
  schema,
  validate,
  find,
  log,
  observer,
}: LiveOptions): (request: LiveRequest) => LiveOperation {
  const documentOf = createDocuments();

  function refuse(errors: readonly GraphQLFormattedError[]): LiveOperation {
    observer?.onRefused(errors.map(({ extensions }) => extensions?.['code']));
    return { errors };
  }

  return ({ operationName, variables, ...request }) => {
    const found = find(request);
    if (found.kind === 'refused') return { errors: [found.error] };
    const source = (found.kind === 'trusted' ? found.query : request.query) ?? '';
    if (source === '') return refuse([namesPersisted(request) ? NOT_REMEMBERED : EMPTY]);
    let document: DocumentNode;
    try {
      document = documentOf(source);
    } catch (error) {
      // Any other error of the parser is a stack overflow.
      const { message, locations } = error instanceof GraphQLError ? error : new GraphQLError(String(error));
      const parseError = new GraphQLError(message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
      return refuse([formatError({ message, ...(locations ? { locations } : {}) }, parseError)]);
    }
    const parsed = { source, document };
    const refusals = validate({ document, operationName, variables: variables ?? {} });
    if (refusals.length > 0) return refuse(formatRefusal(refusals, parsed));
    const operation = getOperationAST(document, operationName);
    if (!operation) return refuse([{ message: NO_OPERATION, extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }]);

    const { operation: kind, name, selectionSet, variableDefinitions = [] } = operation;
    const isSubscription = kind === OperationTypeNode.SUBSCRIPTION;
    const variableValues = declared(variableDefinitions, variables ?? {});

    function toResponse(result: ExecutionResult, { requestId }: LiveCaller): FormattedExecutionResult {
      return formatResult(result, parsed, log, requestId);
    }

    function tellObserver(
      context: Context,
      type: OperationAnswer['type'],
      response: FormattedExecutionResult | 'established',
    ): void {
      context.observer?.onAnswered(answerOf(type, name?.value, response));
    }

    async function answer(caller: LiveCaller, rootValue?: unknown): Promise<FormattedExecutionResult> {
      const { context, end } = caller.open();
      context.observer?.onBegun();
      // A caller who disconnects no longer needs the result.
      const stopListening = onAbort(caller.signal, end);
      try {
        const given = { schema, document, operationName, variableValues, rootValue, contextValue: context };
        const result = toResponse(await execute(given), caller);
        tellObserver(context, isSubscription ? 'event' : kind, result);
        return result;
      } finally {
        stopListening();
        end();
      }
    }

    /** Begins a subscription: returns its event stream or the errors that prevent it, and releases the context. */
    async function begin(caller: LiveCaller): Promise<AsyncIterable<unknown> | FormattedExecutionResult> {
      const { context, end } = caller.open();
      context.observer?.onBegun();
      try {
        const contextValue = { ...context, signal: caller.signal };
        const given = { schema, document, operationName, variableValues, contextValue };
        const stream = await createSourceEventStream(given);
        if (Symbol.asyncIterator in stream) {
          // From here on, each event is observed as a result of its own.
          tellObserver(context, kind, 'established');
          return stream;
        }
        const refusal = toResponse(stream, caller);
        tellObserver(context, kind, refusal);
        return refusal;
      } finally {
        end();
      }
    }

    /** The results for an error that ends the operation: none for a caller who has disconnected. */
    function failureOf(error: unknown, caller: LiveCaller): readonly FormattedExecutionResult[] {
      if (caller.signal.aborted && !(error instanceof AuthenticationError)) return [];
      const { context, end } = caller.open();
      // An error of the event stream belongs to the root field, one of a query to no field.
      const type = isSubscription ? schema.getSubscriptionType() : null;
      const scope = { schema, fragments: Object.fromEntries(fragmentsOf(document)), variableValues: {} };
      const [[key, nodes] = []] = type ? collectFields(scope, type, [selectionSet]) : [];
      const path = key === undefined ? [] : [key];
      const failure = toResponse({ errors: [locatedError(error, nodes, path)] }, caller);
      tellObserver(context, isSubscription ? 'event' : kind, failure);
      end();
      return [failure];
    }

    async function* events(caller: LiveCaller): AsyncGenerator<FormattedExecutionResult, void> {
      observer?.onSubscribed(caller.transport, 1);
      try {
        const begun = await begin(caller).finally(caller.onSettled);
        if (!(Symbol.asyncIterator in begun)) yield begun;
        else {
          for await (const event of begun) {
            const result = await answer(caller, event);
            // An interrupted event may be incomplete, but its token would skip it. After reconnecting it comes whole.
            caller.signal.throwIfAborted();
            yield result;
          }
        }
      } catch (error) {
        yield* failureOf(error, caller);
      } finally {
        observer?.onSubscribed(caller.transport, -1);
      }
    }

    async function* once(caller: LiveCaller): AsyncGenerator<FormattedExecutionResult, void> {
      try {
        // `onSettled` is called when the result is ready, not when it is pulled.
        const result = await answer(caller).finally(caller.onSettled);
        caller.signal.throwIfAborted();
        yield result;
      } catch (error) {
        yield* failureOf(error, caller);
      }
    }

    return { errors: null, document, isSubscription, answers: isSubscription ? events : once };
  };
}
