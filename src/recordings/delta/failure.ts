/** Which failures of the change feed are temporary. */
import { GraphError } from '../../msgraph/error.ts';
import { StoreError } from '../../store/error.ts';
import { LogLostError } from './log.ts';

/** Whether a later try may succeed, so that a subscriber is only behind. A refusal by Graph is permanent. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StoreError || error instanceof LogLostError) return true;
  if (!(error instanceof GraphError)) return false;
  return error.status === null || error.status === 429 || error.status >= 500;
}
