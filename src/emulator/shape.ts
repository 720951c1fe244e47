/** Shapes: what a JSON object received over HTTP must look like. */
import { badRequest } from './graph-error.ts';

/** What a member of a JSON object must be. */
export interface Kind {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

/** What each member of `T` must be. Members that are optional in the type are optional in JSON too. */
export type Shape<T> = { readonly [Name in keyof T]-?: Kind };

export const text: Kind = { expected: 'a string', accepts: (value) => typeof value === 'string' };
export const flag: Kind = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };
export const anything: Kind = { expected: 'anything', accepts: () => true };
export const amount: Kind = {
  expected: 'a number of at least 0',
  accepts: (value) => typeof value === 'number' && value >= 0,
};
export const count: Kind = {
  expected: 'a whole number of at least 0',
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};
export const texts: Kind = {
  expected: 'a list of strings',
  accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/** The given kind, or null. */
export function nullable(kind: Kind): Kind {
  return { expected: `${kind.expected} or null`, accepts: (value) => value === null || kind.accepts(value) };
}

/** The kind that accepts only these words. */
export function oneOf(...words: readonly string[]): Kind {
  return {
    expected: `one of ${words.join(', ')}`,
    accepts: (value) => typeof value === 'string' && words.includes(value),
  };
}

/** Whether the value is a JSON object: not null, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Asserts that a value has this shape: only members that the shape names, each of its kind, and all that are required.
 * Throws a GraphError with status 400 that says which is wrong and how.
 */
export function assertShape<T extends object>(
  what: string,
  value: unknown,
  shape: Shape<T>,
  required: readonly (keyof T & string)[] = [],
): asserts value is T {
  if (!isObject(value)) {
    throw badRequest(`Expected ${what} to be a JSON object.`);
  }
  const kinds = new Map<string, Kind>(Object.entries<Kind>(shape));
  // Annotations such as `@odata.type` are allowed and ignored.
  for (const [name, member] of Object.entries(value).filter(([key]) => !key.startsWith('@'))) {
    const kind = kinds.get(name);
    if (kind === undefined) {
      throw badRequest(`Expected ${what} to have only the members ${[...kinds.keys()].join(', ')}, not '${name}'.`);
    }
    if (!kind.accepts(member)) {
      throw badRequest(`Expected '${name}' of ${what} to be ${kind.expected}, not ${JSON.stringify(member)}.`);
    }
  }
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) {
    throw badRequest(`Expected ${what} to have the member '${missing}'.`);
  }
}
