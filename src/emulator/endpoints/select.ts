/** The query option `$select`. */
import { badRequest } from '../graph-error.ts';
import type { GraphCall } from '../http/exchange.ts';

/**
 * The properties of a resource that `$select` names, and always its id; all without `$select`. Annotations are kept.
 * Throws a GraphError when the resource has no property of such a name.
 * https://learn.microsoft.com/en-us/graph/query-parameters#select-parameter
 */
export function selected(
  call: GraphCall,
  resource: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const names = selectedNames(call);
  if (names === undefined) {
    return resource;
  }
  const known = new Map(Object.keys(resource).map((name) => [name.toLowerCase(), name]));
  const unknown = names.find((name) => !known.has(name.toLowerCase()));
  if (unknown !== undefined) {
    throw badRequest(`Could not find a property named '${unknown}'.`);
  }
  const wanted = new Set(['id', ...names.map((name) => known.get(name.toLowerCase()))]);
  return Object.fromEntries(Object.entries(resource).filter(([name]) => name.startsWith('@') || wanted.has(name)));
}

/** The names in `$select`; undefined without that option. */
export function selectedNames(call: GraphCall): readonly string[] | undefined {
  const names = call.path.query
    .get('select')
    ?.split(',')
    .map((name) => name.trim());
  return names?.filter((name) => name !== '');
}
