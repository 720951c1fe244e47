/** Describes a failure of Redis in a sentence that may be logged. */
import { ErrorReply } from '@redis/client';
import { z } from 'zod';
import { StoreError } from './error.ts';
import type { RedisAddress } from './redis-address.ts';

function complaintOf(error: unknown): string {
  if (error instanceof ErrorReply) return `returned an error: ${error.message}`;
  if (error instanceof z.ZodError) return `returned an unexpected reply: ${z.prettifyError(error)}`;
  return `cannot be reached: ${reasonOf(error)}`;
}

function reasonOf(error: unknown): string {
  // The host has several addresses, and none of them could be connected to.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/**
 * Converts an error of the library, or of a reply that could not be parsed, to a `StoreError`. The error itself is not
 * passed on: a Redis that does not know a command repeats its arguments, and AUTH has the password.
 */
export function redisFailure(error: unknown, { host, port, password }: RedisAddress): StoreError {
  if (error instanceof StoreError) return error;
  const [complaint = ''] = complaintOf(error).split(', with args beginning with');
  const safe = password === '' ? complaint : complaint.replaceAll(password, '(the password)');
  return new StoreError(`Redis at ${host}:${port} ${safe.replace(/\.$/, '')}.`);
}
