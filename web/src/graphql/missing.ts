/** Parts that failed to load: an answer may hold data and errors. */
import { ApolloLink, makeVar } from '@apollo/client';
import type { FormattedExecutionResult } from 'graphql';
import { map } from 'rxjs';
import { hasKey, keyOf } from './key.ts';

/** The gateway's error message for each recording with a missing part, by key. */
export const missingParts = makeVar<ReadonlyMap<string, string>>(new Map());

/** The key of the innermost recording that contains an error's path. */
function recordingAround(data: unknown, path: readonly (string | number)[]): string | null {
  let key: string | null = null;
  let value = data;
  for (const name of path) {
    value = value instanceof Object ? Reflect.get(value, name) : undefined;
    if (hasKey(value)) key = keyOf(value);
  }
  return key;
}

/** The keys of all recordings in an answer, at any depth. */
function recordingsIn(value: unknown): string[] {
  if (!(value instanceof Object)) return [];
  return [...(hasKey(value) ? [keyOf(value)] : []), ...Object.values(value).flatMap(recordingsIn)];
}

/** The missing parts after an answer: for its recordings from its errors, for all others as before. */
export function missingAfter(
  before: ReadonlyMap<string, string>,
  { data, errors }: Pick<FormattedExecutionResult, 'data' | 'errors'>,
): ReadonlyMap<string, string> {
  const after = new Map(before);
  for (const key of recordingsIn(data)) after.delete(key);
  for (const { path, message } of errors ?? []) {
    const key = recordingAround(data, path ?? []);
    if (key !== null) after.set(key, message);
  }
  return after;
}

/** Records the missing parts of answers. It comes before Apollo's cache, which keeps data only. */
export const missingPartsLink = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    map((result) => {
      if ('data' in result) {
        const after = missingAfter(missingParts(), result);
        if (after.size > 0 || missingParts().size > 0) missingParts(after);
      }
      return result;
    }),
  ),
);
