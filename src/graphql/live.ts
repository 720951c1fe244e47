/**
 * Operations with any number of answers: subscriptions, and whatever is asked over a connection that stays open. Apollo
 * Server has none of these. What is checked, and how errors are told, is the same as there.
 */
import {
  GraphQLError,
  Kind,
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
} from 'graphql';
import { AuthenticationError } from '../access/error.ts';
import type { Log } from '../log.ts';
import type { Context } from './context.ts';
import { createDocuments } from './documents.ts';
import { formatError, validationError } from './errors.ts';
import { locationsOf, withLocations } from './location.ts';
import { answerOf } from './observer.ts';
import type { OperationAnswer } from './observer.ts';
import { logUnforeseen } from './unforeseen.ts';
import type { FindDocument } from './trusted-documents.ts';
import type { Validate } from './validation.ts';

/** What a client asks. The document is brought as `query`, or named. */
interface LiveRequest {
  readonly query?: string | null | undefined;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The doors by which operations come that have any number of answers. */
export type LiveDoorName = 'sse' | 'websocket' | 'callback';

/** Who asks, and for how long. */
interface LiveCaller {
  readonly requestId: string;
  /** By which door they came. */
  readonly door: LiveDoorName;
  /** Aborts when the caller has left, or with an `AuthenticationError` when they may listen no longer. */
  readonly signal: AbortSignal;
  /** Called when the one answer is there, or the subscription is established or refused: from then on it waits for nothing of ours. */
  readonly onSettled?: (() => void) | undefined;
  /** Opens what one answer is made through, which lives as long as it takes to make it. */
  open(): { readonly context: Context; readonly end: () => void };
}

/** An operation that may be executed, or why it may not. */
type LiveOperation =
  | { readonly errors: readonly GraphQLFormattedError[] }
  | {
      readonly errors: null;
      readonly document: DocumentNode;
      /** Executes it. Each event of a subscription is executed when it is asked for, and with nothing loaded before. */
      answers(caller: LiveCaller): AsyncGenerator<FormattedExecutionResult, void>;
    };

interface LiveOptions {
  readonly schema: GraphQLSchema;
  readonly validate: Validate;
  readonly find: FindDocument;
  readonly log: Log;
  /** Who watches: told of what is refused before it is executed, and by how much the number of subscriptions changes. */
  readonly observer?:
    | {
        readonly onRefused: (codes: readonly unknown[]) => void;
        readonly onSubscribed: (door: LiveDoorName, change: 1 | -1) => void;
      }
    | undefined;
}

/** What is named by its digest is remembered only where there is one answer, so that here the document has to come along. */
const NOT_REMEMBERED: GraphQLFormattedError = {
  message: 'PersistedQueryNotFound',
  extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
};

function tellErrors(
  errors: readonly GraphQLError[],
  format: (error: GraphQLError) => GraphQLFormattedError,
  { source, document }: { readonly source: string; readonly document: DocumentNode },
): GraphQLFormattedError[] {
  const locations = locationsOf(source, document);
  return errors.map((error) => withLocations(format(error), error.nodes, locations));
}

/** Creates what prepares such operations. */
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
    if (source === '' && request.extensions) return refuse([NOT_REMEMBERED]);
    let document: DocumentNode;
    try {
      document = documentOf(source);
    } catch (error) {
      // What the parser throws besides is the engine's, whose stack the document has filled.
      const { message, locations } = error instanceof GraphQLError ? error : new GraphQLError(String(error));
      const parseError = new GraphQLError(message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
      return refuse([formatError({ message, ...(locations ? { locations } : {}) }, parseError)]);
    }
    const where = { source, document };
    const refusals = validate({ document, operationName, variables: variables ?? {} });
    if (refusals.length > 0) return refuse(tellErrors(refusals, validationError, where));
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      const message = 'Must provide the name of one of the operations of the document as "operationName".';
      return refuse([{ message, extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }]);
    }

    const { operation: kind, name, selectionSet } = operation;
    const [field] = selectionSet.selections;

    function toResult({ errors, ...rest }: ExecutionResult, requestId: string): FormattedExecutionResult {
      if (errors === undefined) return rest;
      logUnforeseen(log, requestId, errors);
      return { ...rest, errors: tellErrors(errors, (error) => formatError(error.toJSON(), error), where) };
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
      // Who leaves in the middle wants no more of it.
      caller.signal.addEventListener('abort', end, { once: true });
      try {
        const given = { schema, document, operationName, variableValues: variables, rootValue, contextValue: context };
        const result = toResult(await execute(given), caller.requestId);
        tellObserver(context, kind === OperationTypeNode.SUBSCRIPTION ? 'event' : kind, result);
        return result;
      } finally {
        caller.signal.removeEventListener('abort', end);
        end();
      }
    }

    /** Begins a subscription: what brings its events, or why it cannot. Whatever it was begun with is let go of. */
    async function begin(caller: LiveCaller): Promise<AsyncIterable<unknown> | FormattedExecutionResult> {
      const { context, end } = caller.open();
      context.observer?.onBegun();
      try {
        const contextValue = { ...context, signal: caller.signal };
        const given = { schema, document, operationName, variableValues: variables, contextValue };
        const stream = await createSourceEventStream(given);
        if (Symbol.asyncIterator in stream) {
          // From here on each event is an answer of its own.
          tellObserver(context, kind, 'established');
          return stream;
        }
        const refusal = toResult(stream, caller.requestId);
        tellObserver(context, kind, refusal);
        return refusal;
      } finally {
        end();
      }
    }

    function failureOf(error: unknown, caller: LiveCaller): FormattedExecutionResult {
      const { context, end } = caller.open();
      // An error of the events themselves, in the place of the field that has them.
      const path = field?.kind === Kind.FIELD ? [field.alias?.value ?? field.name.value] : [];
      const failure = toResult({ errors: [locatedError(error, field, path)] }, caller.requestId);
      tellObserver(context, 'event', failure);
      end();
      return failure;
    }

    async function* events(caller: LiveCaller): AsyncGenerator<FormattedExecutionResult, void> {
      observer?.onSubscribed(caller.door, 1);
      try {
        const begun = await begin(caller).finally(caller.onSettled);
        if (!(Symbol.asyncIterator in begun)) yield begun;
        else {
          for await (const event of begun) {
            const result = await answer(caller, event);
            // What was broken off is told whole to who comes back, and not in pieces with a token for what follows.
            caller.signal.throwIfAborted();
            yield result;
          }
        }
      } catch (error) {
        const isToBeTold = !caller.signal.aborted || error instanceof AuthenticationError;
        if (isToBeTold) yield failureOf(error, caller);
      } finally {
        observer?.onSubscribed(caller.door, -1);
      }
    }

    async function* once(caller: LiveCaller): AsyncGenerator<FormattedExecutionResult, void> {
      // When the answer is there, and not when it is taken.
      yield answer(caller).finally(caller.onSettled);
    }

    return {
      errors: null,
      document,
      answers: kind === OperationTypeNode.SUBSCRIPTION ? events : once,
    };
  };
}
