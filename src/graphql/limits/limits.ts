/** Limits on the size of a document, checked before anything is executed. */
import { GraphQLError, Kind, visit } from 'graphql';
import type { DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../documents/fragments.ts';

/** The size of an operation. Each fragment counts once per spread. */
interface Extent {
  readonly fields: number;
  readonly depth: number;
  readonly aliases: number;
  /** The length of the longest alias. */
  readonly aliasLength: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly introspections: number;
}

/** The limits. The number of fields is limited by their cost instead. */
const LIMITS: {
  readonly [key in Exclude<keyof Extent, 'fields'>]: {
    readonly most: number;
    readonly name: string;
    readonly advice: string;
  };
} = {
  depth: {
    most: 12,
    name: 'levels of fields',
    advice: 'Select fewer levels, or request the lower ones in a separate operation.',
  },
  aliases: { most: 30, name: 'aliases', advice: 'Split it into several operations.' },
  // A response repeats it for every object of a list.
  aliasLength: { most: 100, name: 'characters in an alias', advice: 'Use a shorter alias.' },
  directives: { most: 20, name: 'directives', advice: 'Remove those that have no effect.' },
  rootFields: { most: 30, name: 'fields at the root', advice: 'Split it into several operations.' },
  introspections: {
    most: 3,
    name: 'introspection fields, where each alias within them counts as one more',
    advice: 'Split it into several operations, without aliases.',
  },
};

/** The maximum length of a name of any kind: an error repeats it, and looks for similar ones. */
const MAX_NAME_LENGTH = 1_000;

/** The maximum number of tokens in a document, at which the parser stops. */
const MAX_TOKENS = 2_000;

/** The parser options for clients' documents. Locations are computed only when an error needs them. */
export const PARSE_OPTIONS = { maxTokens: MAX_TOKENS, noLocation: true };

const NOTHING: Extent = {
  fields: 0,
  depth: 0,
  aliases: 0,
  aliasLength: 0,
  directives: 0,
  rootFields: 0,
  introspections: 0,
};

/** The extent of two sibling selections: the greater depth, the longer alias, and the sum of everything else. */
function combine(one: Extent, other: Extent): Extent {
  return {
    fields: one.fields + other.fields,
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    aliasLength: Math.max(one.aliasLength, other.aliasLength),
    directives: one.directives + other.directives,
    rootFields: one.rootFields + other.rootFields,
    introspections: one.introspections + other.introspections,
  };
}

/** Creates a function that measures selection sets of one document. Each fragment is measured only once. */
function createExtentMeasure(document: DocumentNode): (selectionSet: SelectionSetNode) => Extent {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, Extent>();

  function ofFragment(name: string): Extent {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself adds nothing here; another rule reports it.
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    const extent = fragment === undefined ? NOTHING : ofSelectionSet(fragment.selectionSet);
    measured.set(name, extent);
    return extent;
  }

  function ofField(field: FieldNode): Extent {
    const below = field.selectionSet === undefined ? NOTHING : ofSelectionSet(field.selectionSet);
    const { value: name } = field.name;
    // The introspection query of a playground is deep, and GraphQL.js limits that depth itself. Introspection is
    // expensive when aliases request the same part of the schema many times, which `_service` allows too.
    const isIntrospection = field.selectionSet !== undefined && (name.startsWith('__') || name === '_service');
    return {
      fields: 1 + below.fields,
      depth: 1 + (isIntrospection ? 0 : below.depth),
      aliases: below.aliases + (field.alias === undefined ? 0 : 1),
      aliasLength: Math.max(below.aliasLength, field.alias?.value.length ?? 0),
      directives: below.directives + (field.directives?.length ?? 0),
      rootFields: 1,
      introspections: isIntrospection ? 1 + below.aliases : below.introspections,
    };
  }

  function ofSelectionSet({ selections }: SelectionSetNode): Extent {
    let extent = NOTHING;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        extent = combine(extent, ofField(selection));
        continue;
      }
      const spread =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : ofSelectionSet(selection.selectionSet);
      extent = combine(combine(extent, spread), { ...NOTHING, directives: selection.directives?.length ?? 0 });
    }
    return extent;
  }

  return ofSelectionSet;
}

function longNameErrors(document: DocumentNode): GraphQLError[] {
  let longest = 0;
  visit(document, {
    Name({ value }) {
      longest = Math.max(longest, value.length);
    },
  });
  if (longest <= MAX_NAME_LENGTH) return [];
  return [
    new GraphQLError(
      `A name in a document can have at most ${MAX_NAME_LENGTH} characters, but one has ${longest}. Use a shorter name.`,
    ),
  ];
}

/** Returns an error for each limit that an operation of a document exceeds. Called before any other check. */
export function limitErrors(document: DocumentNode): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const measure = createExtentMeasure(document);
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const extent = combine(measure(node.selectionSet), { ...NOTHING, directives: node.directives?.length ?? 0 });
    for (const what of ['depth', 'aliases', 'aliasLength', 'directives', 'rootFields', 'introspections'] as const) {
      const { most, name, advice } = LIMITS[what];
      if (extent[what] <= most) continue;
      const message = `An operation can have at most ${most} ${name}, but this one has ${extent[what]}. ${advice}`;
      errors.push(new GraphQLError(message, { nodes: node }));
    }
  }
  return errors.length === 0 ? longNameErrors(document) : errors;
}

/** The number of fields in an operation; each fragment counts once per spread. */
export function fieldsOf(document: DocumentNode, { selectionSet }: OperationDefinitionNode): number {
  return createExtentMeasure(document)(selectionSet).fields;
}

/** The message for a document that GraphQL.js cannot parse: its own, or the exceeded limit if that is the reason. */
export function syntaxSentence(message: string): string {
  if (/more that \d+ tokens/.test(message))
    return `A document can have at most ${MAX_TOKENS} tokens, but this one has more. Split it into several documents.`;
  // Every error of the parser starts like this. Any other is a stack overflow.
  return message.startsWith('Syntax Error') ? message : 'The document is nested too deeply to be parsed.';
}
