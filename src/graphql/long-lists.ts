/**
 * Lists that turn out longer than they were taken to be when the operation was measured: how many attendees a meeting has, nobody
 * knows before Graph has answered. What they cost more is charged when they are there.
 */
import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';
import type { FieldNode, GraphQLNamedType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { BudgetError } from '../msgraph/error.ts';
import type { Context } from './context.ts';
import { MAX_COST, createSelectionMeasure } from './cost.ts';
import { createHintReader } from './cost-hints.ts';

/** An item of a list: what it costs without what is below, and of which type it is. */
interface Item {
  readonly weight: number;
  readonly type: GraphQLNamedType;
}

/** What one operation has been charged so far, and what an item costs in each place of the document: all nodes there together say what is selected. */
interface Charged {
  cost: number;
  readonly items: Map<readonly FieldNode[], number>;
}

/**
 * Makes each list that was taken to have so many items, and has more, charge the others to its operation, which may have as much of those as it may
 * cost itself. What is too much is an error in the place of the list, a `BudgetError`. Called once, when the schema is built.
 */
export function withChargedLists(schema: GraphQLSchema): GraphQLSchema {
  const hintsOf = createHintReader(schema);
  /** By the context, of which each operation, and each event of a subscription, has its own. */
  const operations = new WeakMap<Context, Charged>();

  function chargedTo(context: Context): Charged {
    const charged = operations.get(context) ?? { cost: 0, items: new Map() };
    operations.set(context, charged);
    return charged;
  }

  function costOfItem({ weight, type }: Item, { fieldNodes, fragments, variableValues }: GraphQLResolveInfo): number {
    const measure = createSelectionMeasure(schema, hintsOf, new Map(Object.entries(fragments)), (value) =>
      valueFromASTUntyped(value, variableValues),
    );
    const below = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return below.reduce((sum, selectionSet) => sum + measure(selectionSet, type), weight);
  }

  function charge(count: number, item: Item, context: Context, info: GraphQLResolveInfo): void {
    const { fieldNodes } = info;
    const charged = chargedTo(context);
    const each = charged.items.get(fieldNodes) ?? costOfItem(item, info);
    charged.items.set(fieldNodes, each);
    const cost = charged.cost + count * each;
    if (cost <= MAX_COST) {
      charged.cost = cost;
      return;
    }
    throw new BudgetError(
      `Nobody knew how long the lists of this operation are, and what they have more than they were taken to have may cost at most ${MAX_COST}, which is exceeded with "${info.fieldName}". Ask for fewer objects that have such lists at once, or for less of each item.`,
    );
  }

  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      // Most are none, and to read what the schema says of a field takes a while.
      if (!isListType(getNullableType(field.type))) continue;
      const { assumedSize, weight } = hintsOf(field);
      if (assumedSize === null) continue;
      const item = { weight, type: getNamedType(field.type) };
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (source, given, context: Context, info) => {
        const list: unknown = resolve(source, given, context, info);
        if (Array.isArray(list) && list.length > assumedSize) charge(list.length - assumedSize, item, context, info);
        return list;
      };
    }
  }
  return schema;
}
