/** The changes of a version of the subgraph that break clients or other subgraphs. */
import { Kind, buildSchema, findBreakingChanges, parse, print } from 'graphql';

export interface BreakingChange {
  /** What has changed: https://spec.graphql.org/draft/#sec-Schema-Coordinates, without arguments. */
  readonly coordinate: string;
  readonly sentence: string;
}

/**
 * Other subgraphs refer to a type or share it by these directives, and routers leave out what is tagged. Removing one
 * breaks compositions, or publishes what was left out. GraphQL.js does not know this.
 */
const PROMISES = new Set(['key', 'shareable', 'tag']);

/** Hides an element from all clients: adding it breaks the clients that use the element. */
const HIDDEN = 'inaccessible';

/** The uses of these directives in a document, each with its coordinate. */
function directivesOf(sdl: string, names: ReadonlySet<string>): Map<string, string> {
  const promises = new Map<string, string>();
  for (const definition of parse(sdl).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const { name, fields = [] } = definition;
    const places = [
      { coordinate: name.value, directives: definition.directives ?? [] },
      ...fields.map((field) => ({
        coordinate: `${name.value}.${field.name.value}`,
        directives: field.directives ?? [],
      })),
    ];
    for (const { coordinate, directives } of places) {
      for (const directive of directives)
        if (names.has(directive.name.value.replace(/^federation__/, '')))
          promises.set(`${coordinate} ${print(directive)}`, coordinate);
    }
  }
  return promises;
}

/** The sentences of GraphQL.js begin with the coordinate, except those about arguments, members and values. */
function coordinateOf(sentence: string): string {
  const [, value, enumeration] = /^(\w+) was removed from enum type (\w+)\.$/.exec(sentence) ?? [];
  if (value !== undefined) return `${enumeration}.${value}`;
  return / (?:on|from union type|input type) ([\w.]+) was/.exec(sentence)?.[1] ?? /^[\w.]*\w/.exec(sentence)?.[0] ?? '';
}

/** The breaking changes from `released` to `current`, both in SDL. Throws if one of them is no schema. */
export function breakingChanges(released: string, current: string): BreakingChange[] {
  const kept = directivesOf(current, PROMISES);
  const wereHidden = directivesOf(released, new Set([HIDDEN]));
  return [
    ...findBreakingChanges(buildSchema(released), buildSchema(current))
      .map(({ description }) => ({ coordinate: coordinateOf(description), sentence: description }))
      // Types of federation are prefixed unless they are imported, and clients cannot use them.
      .filter(({ coordinate }) => !coordinate.startsWith('federation__')),
    ...[...directivesOf(current, new Set([HIDDEN]))]
      .filter(([hidden]) => !wereHidden.has(hidden))
      .map(([hidden, coordinate]) => ({ coordinate, sentence: `${hidden} was added.` })),
    ...[...directivesOf(released, PROMISES)]
      .filter(([promise]) => !kept.has(promise))
      .map(([promise, coordinate]) => ({ coordinate, sentence: `${promise} was removed.` })),
  ];
}

/** The sections "Changed" and "Removed" under "Unreleased" in the changelog. */
export function announced(changelog: string): string {
  const [, unreleased = ''] = /^## Unreleased\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog) ?? [];
  return [...unreleased.matchAll(/^### (?:Changed|Removed)\n([\s\S]*?)(?=^### |$(?![\s\S]))/gm)]
    .map(([, text = '']) => text)
    .join('\n');
}

/** The breaking changes that the changelog does not name between backquotes. */
export function unannounced(changes: readonly BreakingChange[], changelog: string): string[] {
  const text = announced(changelog);
  return changes.filter(({ coordinate }) => !text.includes(`\`${coordinate}\``)).map(({ sentence }) => sentence);
}
