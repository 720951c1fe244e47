/** How much one document may ask, before anything of it is executed. */
import { GraphQLError, Kind } from 'graphql';
import type { DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { fragmentsOf } from './fragments.ts';

/** How much a document asks: of everything the number, fragments counted in each place where they are spread. */
interface Extent {
  readonly fields: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly introspections: number;
}

/** What is limited. How many fields there may be follows from what they cost. */
const LIMITS: {
  readonly [key in Exclude<keyof Extent, 'fields'>]: {
    readonly most: number;
    readonly name: string;
    readonly advice: string;
  };
} = {
  depth: { most: 12, name: 'levels of fields', advice: 'Ask for less below, or in an operation of its own.' },
  aliases: { most: 30, name: 'aliases', advice: 'Ask in several operations.' },
  directives: { most: 20, name: 'directives', advice: 'Leave out those that change nothing.' },
  rootFields: { most: 30, name: 'fields at the root', advice: 'Ask in several operations.' },
  introspections: {
    most: 3,
    name: 'introspections, each alias within them counted as one more',
    advice: 'Ask in several operations, and without aliases.',
  },
};

/** How many tokens a document may have; the parser stops there. */
const MAX_TOKENS = 2_000;

/** How every document of a client is parsed. Where its nodes stand is found out when an error has to say so. */
export const PARSE_OPTIONS = { maxTokens: MAX_TOKENS, noLocation: true };

const NOTHING: Extent = { fields: 0, depth: 0, aliases: 0, directives: 0, rootFields: 0, introspections: 0 };

/** The deeper of two, and the sum of the rest. */
function beside(one: Extent, other: Extent): Extent {
  return {
    fields: one.fields + other.fields,
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
    rootFields: one.rootFields + other.rootFields,
    introspections: one.introspections + other.introspections,
  };
}

/** Measures what the selection sets of one document ask. Each fragment is measured once, however often it is spread. */
function createExtentMeasure(document: DocumentNode): (selectionSet: SelectionSetNode) => Extent {
  const fragments = fragmentsOf(document);
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
    const { value: name } = field.name;
    // The introspection of a playground is deep by nature, and GraphQL.js has a rule of its own for that. What makes one
    // dear is to ask for the same part of the schema many times over, as a router may by `_service`, all at once.
    const isIntrospection = field.selectionSet !== undefined && (name.startsWith('__') || name === '_service');
    return {
      fields: 1 + below.fields,
      depth: 1 + (isIntrospection ? 0 : below.depth),
      aliases: below.aliases + (field.alias === undefined ? 0 : 1),
      directives: below.directives + (field.directives?.length ?? 0),
      rootFields: 1,
      introspections: isIntrospection ? 1 + below.aliases : below.introspections,
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

/** Says which operations of a document ask for more than the limits allow, and of what; called before any other check. */
export function limitErrors(document: DocumentNode): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const measure = createExtentMeasure(document);
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const extent = beside(measure(node.selectionSet), { ...NOTHING, directives: node.directives?.length ?? 0 });
    for (const what of ['depth', 'aliases', 'directives', 'rootFields', 'introspections'] as const) {
      const { most, name, advice } = LIMITS[what];
      if (extent[what] <= most) continue;
      const message = `An operation may have at most ${most} ${name}, but this one has ${extent[what]}. ${advice}`;
      errors.push(new GraphQLError(message, { nodes: node }));
    }
  }
  return errors;
}

/** How many fields an operation of a document has, each fragment counted wherever it is spread. */
export function fieldsOf(document: DocumentNode, { selectionSet }: OperationDefinitionNode): number {
  return createExtentMeasure(document)(selectionSet).fields;
}

/** The sentence for a document that GraphQL.js could not parse: its own, or the limit where that was the reason. */
export function syntaxSentence(message: string): string {
  if (/more that \d+ tokens/.test(message))
    return `A document may have at most ${MAX_TOKENS} tokens, but this one has more. Ask in several operations.`;
  // Every error of the parser begins so. Another is the engine's, whose stack the parser has filled.
  return message.startsWith('Syntax Error') ? message : 'The document is nested too deeply to be read.';
}
