/** The keys in the representations that routers send. */
import type { z } from 'zod';
import { InputError } from '../../msgraph/error.ts';

/** Describes a value that should have been a string, without repeating it: it may be long. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * Parses the key of an entity from the representation that a router sent. Routers are not trusted: throws an
 * `InputError` that names the fields which are missing or not a string.
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#resolving-entities
 */
export function representation<Key extends z.ZodType>(key: Key, given: { readonly __typename: string }): z.output<Key> {
  const parsed = key.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path: [name = ''] }) => `${String(name)} is ${kindOf(Reflect.get(given, name))}`,
  );
  throw new InputError(
    `The representation of ${given.__typename} has an invalid key: ${new Intl.ListFormat('en-GB').format(faults)}. Send every field of its @key as a string.`,
  );
}
