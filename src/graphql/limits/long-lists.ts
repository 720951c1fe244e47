/**
 * Charges lists that turn out longer than the cost measure assumed. For instance, the number of a meeting's attendees
 * is unknown before Graph has answered.
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
import { BudgetError } from '../../msgraph/error.ts';
import type { Context } from '../context.ts';
import { mergeSelections, selectionSetsOf } from '../execution/collect.ts';
import { createHintReader } from './cost-hints.ts';
import { MAX_COST, createSelectionMeasure } from './cost.ts';

/** An item of a list: its cost without its subfields, and its type. */
interface Item {
  readonly weight: number;
  readonly type: GraphQLNamedType;
}

/** The cost charged to one operation so far, and the cost of a list item by the field nodes of its list. */
interface Charged {
  cost: number;
  readonly items: Map<readonly FieldNode[], number>;
}

/**
 * Makes each list with an assumed length charge additional items to its operation. They may cost up to `MAX_COST`
 * together, separately from the measured cost. A list that exceeds this fails with a `BudgetError`. Called once, when
 * the schema is built.
 */
export function withChargedLists(schema: GraphQLSchema): GraphQLSchema {
  const hintsOf = createHintReader(schema);
  /** The charges by context: each operation, and each event of a subscription, has its own. */
  const operations = new WeakMap<Context, Charged>();

  function chargedTo(context: Context): Charged {
    const charged = operations.get(context) ?? { cost: 0, items: new Map() };
    operations.set(context, charged);
    return charged;
  }

  function costOfItem({ weight, type }: Item, info: GraphQLResolveInfo): number {
    const measure = createSelectionMeasure(schema, hintsOf, new Map(Object.entries(info.fragments)), (value) =>
      valueFromASTUntyped(value, info.variableValues),
    );
    return weight + measure(mergeSelections(info, type, selectionSetsOf(info.fieldNodes)), type);
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
      `Lists of this operation are longer than estimated, and at "${info.fieldName}" their additional items exceed the cost limit of ${MAX_COST}. Request fewer objects with such lists at once, or fewer fields of each item.`,
    );
  }

  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      // Most fields are not lists, and reading hints is slow.
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
