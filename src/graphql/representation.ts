import { z } from 'zod';
import { InputError } from '../msgraph/error.ts';

/**
 * The key of an entity, read from the representation that a router sent. A router is outside like any other: throws an
 * `InputError` that names the field when one is missing or no string.
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#resolving-entities
 */
export function representation<Key extends z.ZodType>(key: Key, given: { readonly __typename: string }): z.output<Key> {
  const parsed = key.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new InputError(
    `The representation of a ${given.__typename} has no usable key. ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}. Ask with every field of its @key.`,
  );
}
