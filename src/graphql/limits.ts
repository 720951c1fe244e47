/** How much one document may ask, before anything of it is executed. */
import { GraphQLError, Kind } from 'graphql';
import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode, ValidationRule } from 'graphql';

/** How much a document asks: of everything the number, fragments counted in each place where they are spread. */
interface Extent {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
}

const LIMITS: {
  readonly [key in keyof Extent]: { readonly most: number; readonly name: string; readonly advice: string };
} = {
  depth: { most: 12, name: 'levels of fields', advice: 'Ask for less below, or in an operation of its own.' },
  aliases: { most: 30, name: 'aliases', advice: 'Ask in several operations.' },
  directives: { most: 20, name: 'directives', advice: 'Leave out those that change nothing.' },
  rootFields: { most: 30, name: 'fields at the root', advice: 'Ask in several operations.' },
};

/** How many tokens a document may have; the parser stops there. */
export const MAX_TOKENS = 2_000;

const NOTHING: Extent = { depth: 0, aliases: 0, directives: 0, rootFields: 0 };

/** The deeper of two, and the sum of the rest. */
function beside(one: Extent, other: Extent): Extent {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
    rootFields: one.rootFields + other.rootFields,
  };
}

/** Measures what the selection sets of one document ask. Each fragment is measured once, however often it is spread. */
function createMeasure(document: DocumentNode): (selectionSet: SelectionSetNode) => Extent {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const measured = new Map<string, Extent>();

  function ofFragment(name: string): Extent {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself adds nothing here; that it does so is an error of its own.
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    const extent = fragment === undefined ? NOTHING : ofSelectionSet(fragment.selectionSet);
    measured.set(name, extent);
    return extent;
  }

  function ofField(field: FieldNode): Extent {
    const below = field.selectionSet === undefined ? NOTHING : ofSelectionSet(field.selectionSet);
    // The introspection of a playground is deep by nature, and GraphQL.js has a rule of its own for it.
    const isIntrospection = field.name.value.startsWith('__');
    return {
      depth: 1 + (isIntrospection ? 0 : below.depth),
      aliases: below.aliases + (field.alias === undefined ? 0 : 1),
      directives: below.directives + (field.directives?.length ?? 0),
      rootFields: 1,
    };
  }

  function ofSelectionSet({ selections }: SelectionSetNode): Extent {
    let extent = NOTHING;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        extent = beside(extent, ofField(selection));
        continue;
      }
      const spread =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : ofSelectionSet(selection.selectionSet);
      extent = beside(beside(extent, spread), { ...NOTHING, directives: selection.directives?.length ?? 0 });
    }
    return extent;
  }

  return ofSelectionSet;
}

/** The validation rule that refuses an operation which asks for more than the limits allow, and says which. */
export const limitsRule: ValidationRule = (context) => ({
  Document(document) {
    const measure = createMeasure(document);
    for (const node of document.definitions) {
      if (node.kind !== Kind.OPERATION_DEFINITION) continue;
      const extent = measure(node.selectionSet);
      const directives = extent.directives + (node.directives?.length ?? 0);
      for (const [what, amount] of [
        ['depth', extent.depth],
        ['aliases', extent.aliases],
        ['directives', directives],
        ['rootFields', extent.rootFields],
      ] as const) {
        const { most, name, advice } = LIMITS[what];
        if (amount <= most) continue;
        context.reportError(
          new GraphQLError(`An operation may have at most ${most} ${name}, but this one has ${amount}. ${advice}`, {
            nodes: node,
          }),
        );
      }
    }
  },
});
