/** What could not be loaded beside what could: an answer may hold data and errors. */
import { ApolloLink, makeVar } from '@apollo/client';
import type { FormattedExecutionResult } from 'graphql';
import { map } from 'rxjs';
import { hasKey, keyOf } from './key.ts';

/** For each recording of which a part is missing, by its key, what the gateway said about that. */
export const missingParts = makeVar<ReadonlyMap<string, string>>(new Map());

/** The key of the innermost recording around the place in an answer at which an error stands. */
function recordingAround(data: unknown, path: readonly (string | number)[]): string | null {
  let key: string | null = null;
  let value = data;
  for (const name of path) {
    value = value instanceof Object ? Reflect.get(value, name) : undefined;
    if (hasKey(value)) key = keyOf(value);
  }
  return key;
}

/** Every recording in an answer, by its key, wherever it stands. */
function recordingsIn(value: unknown): string[] {
  if (!(value instanceof Object)) return [];
  return [...(hasKey(value) ? [keyOf(value)] : []), ...Object.values(value).flatMap(recordingsIn)];
}

/** What is missing after an answer: of the recordings in it what its errors say, of all others what was known before. */
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

/** Keeps what answers say is missing. Apollo's cache keeps data only, so that it has to be done before the cache. */
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
