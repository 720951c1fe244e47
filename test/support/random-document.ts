/** Random GraphQL documents for a schema: most of them valid, some nearly so. */
import {
  getNamedType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import type { GraphQLArgument, GraphQLInputType, GraphQLNamedType, GraphQLSchema } from 'graphql';
import { drawText } from './mutation.ts';
import type { Draw } from './random-operation.ts';

/** A literal for an argument, mostly of its type. */
function drawValue(draw: Draw, type: GraphQLInputType): string {
  if (draw.below(12) === 0)
    return draw.of(['null', '$v', '{ a: 1 }', '[[]]', '1e999', 'NOTHING', JSON.stringify(drawText(draw, 6))]);
  if (isNonNullType(type)) return drawValue(draw, type.ofType);
  if (isListType(type)) return `[${drawValue(draw, type.ofType)}]`;
  if (isEnumType(type)) return draw.of(type.getValues()).name;
  return (
    {
      Boolean: draw.of(['true', 'false']),
      Int: draw.of(['0', '1', '2', '100', '101', '-1', '2147483647', '2147483648']),
      DateTime: draw.of(['"2026-11-16T09:00:00Z"', '"2026-02-30T09:00:00Z"', '"now"']),
      _Any: draw.of([
        '{ __typename: "User", id: "a" }',
        '{ __typename: "Nothing" }',
        '{}',
        '{ __typename: "CallRecording", id: "a" }',
      ]),
    }[type.name] ?? draw.of(['"a"', '"b"', '""', '"eyJhbGciOiJub25lIn0.e30."', '1'])
  );
}

function drawArguments(draw: Draw, args: readonly GraphQLArgument[]): string {
  const given = args.filter(({ type }) => (isNonNullType(type) ? draw.below(30) > 0 : draw.below(3) === 0));
  return given.length === 0 ? '' : `(${given.map(({ name, type }) => `${name}: ${drawValue(draw, type)}`).join(', ')})`;
}

function drawDirective(draw: Draw): string {
  return draw.below(10) > 0
    ? ''
    : draw.of(['@skip(if: true)', '@include(if: $b)', '@include(if: true)', '@nothing', '@skip']);
}

function selection(draw: Draw, type: GraphQLNamedType | undefined, depth: number): string {
  if (isUnionType(type)) {
    const member = draw.of(type.getTypes());
    return `{ __typename ... on ${member.name} ${selection(draw, member, depth - 1)} }`;
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return draw.below(40) === 0 ? '{ a }' : '';
  const fields = Object.values(type.getFields());
  const chosen = Array.from({ length: 1 + draw.below(4) }, () => {
    if (draw.below(15) === 0)
      return draw.of(['__typename', '...F0', '...F1', `... { ${drawText(draw, 3)} }`, '__schema { types { name } }']);
    const { name, args, type: answer } = draw.of(fields);
    const below = getNamedType(answer);
    const isDeep = isObjectType(below) || isInterfaceType(below) || isUnionType(below);
    if (isDeep && depth <= 0) return '__typename';
    const alias = draw.below(8) === 0 ? `${draw.of(['a', 'id', 'b'])}: ` : '';
    return `${alias}${name}${drawArguments(draw, args)} ${drawDirective(draw)} ${selection(draw, below, depth - 1)}`;
  });
  return `{ ${chosen.join(' ')} }`;
}

/** Creates a generator of documents. They may use variables `$v`, `$b` and fragments `F0`, `F1` on schema types. */
export function createDrawDocument(schema: GraphQLSchema): (draw: Draw) => string {
  const objects = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type));

  return (draw) => {
    const kind = draw.of(['query', 'query', 'query', 'subscription', 'mutation'] as const);
    const root = {
      query: schema.getQueryType(),
      subscription: schema.getSubscriptionType(),
      mutation: schema.getQueryType(),
    }[kind];
    const body = selection(draw, root ?? undefined, 5);
    const fragments = [0, 1].map((number) => {
      const type = draw.of(objects);
      return `fragment F${number} on ${type.name} ${selection(draw, type, 2)}`;
    });
    // Unused fragments and variables would be refused.
    const used = fragments.filter((_, number) => body.includes(`...F${number}`));
    const definitions = ['$v: ID = "a"', '$b: Boolean! = true'].filter((text) =>
      [body, ...used].join(' ').includes(text.slice(0, 2)),
    );
    const variables = definitions.length === 0 ? '' : `(${definitions.join(', ')})`;
    return [`${kind} A${variables} ${body}`, ...used].join('\n');
  };
}
