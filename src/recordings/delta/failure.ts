import { GraphError } from '../../msgraph/error.ts';
import { StoreError } from '../../store/error.ts';
import { LogLostError } from './log.ts';

/** Whether what failed may be had later, so that who listens is behind and not wrong: a refusal of Graph's stays one. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StoreError || error instanceof LogLostError) return true;
  if (!(error instanceof GraphError)) return false;
  return error.status === null || error.status === 429 || error.status >= 500;
}
