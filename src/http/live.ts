/** What the doors that stay open need of GraphQL, and how long they wait for who listens. */
import type { DocumentNode, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Clock } from '../clock.ts';
import type { OpenOperation, OpenSession } from './session.ts';
import type { Admit } from './overload-refusal.ts';
import type { PlaceWords, Places } from './places.ts';

interface LiveRequest {
  readonly query?: string | null | undefined;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

interface LiveCaller<Context> {
  readonly requestId: string;
  readonly door: 'sse' | 'websocket' | 'callback';
  readonly signal: AbortSignal;
  readonly onSettled?: (() => void) | undefined;
  open(): OpenOperation<Context>;
}

/** An operation that may be executed, or the errors because of which it may not, as a client reads them. */
export type LiveOperation<Context> =
  | { readonly errors: readonly GraphQLFormattedError[] }
  | {
      readonly errors: null;
      readonly document: DocumentNode;
      answers(caller: LiveCaller<Context>): AsyncGenerator<FormattedExecutionResult, void>;
    };

export interface LiveDoor<Context> {
  readonly openSession: OpenSession<Context>;
  readonly admit: Admit;
  readonly prepare: (request: LiveRequest) => LiveOperation<Context>;
  /** The origins whose pages may ask. */
  readonly corsOrigins: readonly string[];
  readonly clock: Clock;
  /** How many may stay at once, by whichever door: a connection takes one, and so does a subscription over callbacks. */
  readonly places: Places;
  /** Told of each who is cut off because they took nothing. */
  readonly onCut?: ((door: 'sse' | 'websocket') => void) | undefined;
  /** Aborts when the process is to end: what goes on is cut, and goes on elsewhere. */
  readonly closing: AbortSignal;
}

/** So often something is sent, so that nobody on the way takes the connection for dead. */
export const KEEP_ALIVE_MS = 12_000;

/** Who has not taken an event for so long is cut off. They have the token of the one before, and can come back with it. */
export const SLOW_MS = 30_000;

/** How it is told of the places of those who stay, each of whom holds some memory for as long as they like. */
export const LISTENING: PlaceWords = { open: 'connections open to listen', are: 'connections are open to listen' };
