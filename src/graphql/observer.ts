/** What observers of operations receive. */
import type { FormattedExecutionResult } from 'graphql';

/** The outcome of an operation, without personal data. */
export interface OperationAnswer {
  /** `event` is one event of a subscription; `unknown` is a document without a valid operation. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'event' | 'unknown';
  readonly name: string | null;
  readonly hasData: boolean;
  /** `extensions.code` of each of its errors. */
  readonly codes: readonly unknown[];
}

/** Observes one operation. */
export interface OperationObserver {
  /** Called when a request is about to be executed or refused. */
  readonly onBegun: () => void;
  /** Called with the outcome when the response is complete. */
  readonly onAnswered: (answer: OperationAnswer) => void;
}

/** Summarizes a response for observers. The events of an established subscription are observed separately. */
export function answerOf(
  type: OperationAnswer['type'],
  name: string | null | undefined,
  response: FormattedExecutionResult | 'established',
): OperationAnswer {
  if (response === 'established') return { type, name: name ?? null, hasData: true, codes: [] };
  const { data, errors = [] } = response;
  const codes = errors.map(({ extensions }) => extensions?.['code']);
  return { type, name: name ?? null, hasData: data !== undefined && data !== null, codes };
}
