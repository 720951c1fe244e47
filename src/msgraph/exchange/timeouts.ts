/** How long Graph may take for one exchange, as far as an operation can wait for it. */
import type { TransportOptions } from './transport.ts';

export type Timeouts = Pick<
  TransportOptions,
  'connectTimeoutMs' | 'headersTimeoutMs' | 'bodyTimeoutMs' | 'wholeTimeoutMs'
>;

/** The default timeout of an operation, to which the timeouts below belong. */
const USUAL_OPERATION_MS = 9_500;

/**
 * The timeouts of an exchange where an operation may take `operationTimeoutMs`. The whole exchange may take slightly
 * less time, so that the error says what Graph did. They grow with that time, and are never shorter than by default:
 * change tracking waits longer than an operation.
 */
export function timeoutsFor(operationTimeoutMs: number): Timeouts {
  const factor = Math.max(1, operationTimeoutMs / USUAL_OPERATION_MS);
  return {
    connectTimeoutMs: 3_000,
    headersTimeoutMs: Math.round(8_000 * factor),
    bodyTimeoutMs: 5_000,
    wholeTimeoutMs: Math.round(9_000 * factor),
  };
}
