/** What a streaming endpoint needs of GraphQL, and its timeouts. */
import type { DocumentNode, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Clock } from '../../clock.ts';
import type { Admit } from '../protection/overload-refusal.ts';
import type { SlotWords, Slots } from '../protection/slots.ts';
import type { OpenOperation, OpenSession } from '../session.ts';

interface LiveRequest {
  readonly query?: string | null | undefined;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

interface LiveCaller<Context> {
  readonly requestId: string;
  readonly transport: 'sse' | 'websocket' | 'callback';
  readonly signal: AbortSignal;
  readonly onSettled?: (() => void) | undefined;
  open(): OpenOperation<Context>;
}

/** An operation that may be executed, or the errors that prevent it, as a client reads them. */
export type LiveOperation<Context> =
  | { readonly errors: readonly GraphQLFormattedError[] }
  | {
      readonly errors: null;
      readonly document: DocumentNode;
      readonly isSubscription: boolean;
      answers(caller: LiveCaller<Context>): AsyncGenerator<FormattedExecutionResult, void>;
    };

export interface LiveEndpoint<Context> {
  readonly openSession: OpenSession<Context>;
  readonly admit: Admit;
  readonly prepare: (request: LiveRequest) => LiveOperation<Context>;
  /** The origins whose pages may send requests. */
  readonly corsOrigins: readonly string[];
  readonly clock: Clock;
  /** Limits streams over all transports: a connection takes a slot, and so does a subscription over callbacks. */
  readonly slots: Slots;
  /** Called for each client that is cut off because it reads nothing. */
  readonly onCut?: ((transport: 'sse' | 'websocket') => void) | undefined;
  /** Aborts at shutdown: streams are cut, and continue elsewhere. */
  readonly closing: AbortSignal;
}

/** The interval of keep-alives, so that no proxy considers the connection dead. */
export const KEEP_ALIVE_MS = 12_000;

/** A client that does not read an event for this long is cut off. It can reconnect with its last token. */
export const SLOW_MS = 30_000;

/** The words for the slots of streams, each of which holds some memory for as long as its client likes. */
export const LISTENING: SlotWords = { open: 'subscription connections', are: 'subscription connections can be open' };
