/** What is told to who watches over operations. */
import type { FormattedExecutionResult } from 'graphql';

/** What an operation came to, in words that name nobody. */
export interface OperationAnswer {
  /** An event is one of the answers of a subscription; a document that cannot be read is of no type. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'event' | 'unknown';
  readonly name: string | null;
  readonly hasData: boolean;
  /** `extensions.code` of each of its errors. */
  readonly codes: readonly unknown[];
}

/** Who watches over operations. */
export interface OperationObserver {
  /** Called when there is something to execute, or to refuse. */
  readonly onBegun: () => void;
  /** Called with what is answered. */
  readonly onAnswered: (answer: OperationAnswer) => void;
}

/** What a response comes to, for who watches. A subscription that is established has none yet, and is answered by its events. */
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
