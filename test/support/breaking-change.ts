/** What a version of the subgraph takes away from those who ask it, and from the subgraphs beside it. */
import { Kind, buildSchema, findBreakingChanges, parse, print } from 'graphql';

export interface BreakingChange {
  /** Of what: https://spec.graphql.org/draft/#sec-Schema-Coordinates, without arguments. */
  readonly coordinate: string;
  readonly sentence: string;
}

/**
 * By these other subgraphs find a type or share it, and routers leave out what is tagged. To take one away breaks compositions,
 * or publishes what was to be left out, which GraphQL.js does not know.
 */
const PROMISES = new Set(['key', 'shareable', 'tag']);

/** Whether something is hidden from everybody: to begin with that takes it away from those who ask for it. */
const HIDDEN = 'inaccessible';

/** What a document says by these directives, each with the coordinate where it stands. */
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

/** The sentences of GraphQL.js begin with what they are about, but for those about arguments, members and values. */
function coordinateOf(sentence: string): string {
  const [, value, enumeration] = /^(\w+) was removed from enum type (\w+)\.$/.exec(sentence) ?? [];
  if (value !== undefined) return `${enumeration}.${value}`;
  return / (?:on|from union type|input type) ([\w.]+) was/.exec(sentence)?.[1] ?? /^[\w.]*\w/.exec(sentence)?.[0] ?? '';
}

/** What is no longer in `current` as it was in `released`, both in SDL. Throws when one of them is no schema. */
export function breakingChanges(released: string, current: string): BreakingChange[] {
  const kept = directivesOf(current, PROMISES);
  const wereHidden = directivesOf(released, new Set([HIDDEN]));
  return [
    ...findBreakingChanges(buildSchema(released), buildSchema(current))
      .map(({ description }) => ({ coordinate: coordinateOf(description), sentence: description }))
      // What is imported from federation has another name than what is not, and is nobody's to ask for.
      .filter(({ coordinate }) => !coordinate.startsWith('federation__')),
    ...[...directivesOf(current, new Set([HIDDEN]))]
      .filter(([hidden]) => !wereHidden.has(hidden))
      .map(([hidden, coordinate]) => ({ coordinate, sentence: `${hidden} was added.` })),
    ...[...directivesOf(released, PROMISES)]
      .filter(([promise]) => !kept.has(promise))
      .map(([promise, coordinate]) => ({ coordinate, sentence: `${promise} was removed.` })),
  ];
}

/** What the changelog says, under "Unreleased", that has changed or been removed. */
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
