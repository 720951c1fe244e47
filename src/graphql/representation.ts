import type { z } from 'zod';
import { InputError } from '../msgraph/error.ts';

/** What a value is that should have been a text, in words. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * The key of an entity, read from the representation that a router sent. A router is outside like any other: throws an
 * `InputError` that names the fields which are missing or no text.
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#resolving-entities
 */
export function representation<Key extends z.ZodType>(key: Key, given: { readonly __typename: string }): z.output<Key> {
  const parsed = key.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path: [name = ''] }) => `${String(name)} is ${kindOf(Reflect.get(given, name))}`,
  );
  throw new InputError(
    `The representation of ${given.__typename} has no usable key: expected texts, but ${new Intl.ListFormat('en-GB').format(faults)}. Ask with every field of its @key.`,
  );
}
