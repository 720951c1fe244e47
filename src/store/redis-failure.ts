/** What went wrong with a Redis, in a sentence that may be logged. */
import { ErrorReply } from '@redis/client';
import { z } from 'zod';
import { StoreError } from './error.ts';
import type { RedisAddress } from './redis-address.ts';

function complaintOf(error: unknown): string {
  if (error instanceof ErrorReply) return `refuses: ${error.message}`;
  if (error instanceof z.ZodError) return `answers something unexpected: ${z.prettifyError(error)}`;
  return `cannot be reached: ${reasonOf(error)}`;
}

function reasonOf(error: unknown): string {
  // The host has several addresses, and none of them could be connected to.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/**
 * Makes a `StoreError` of what the library throws, or of an answer that could not be parsed. The error itself goes no
 * further: a Redis that does not know a command repeats what came with it, and with AUTH that is the password.
 */
export function redisFailure(error: unknown, { host, port, password }: RedisAddress): StoreError {
  if (error instanceof StoreError) return error;
  const [complaint = ''] = complaintOf(error).split(', with args beginning with');
  const safe = password === '' ? complaint : complaint.replaceAll(password, '(the password)');
  return new StoreError(`Redis at ${host}:${port} ${safe}`);
}
