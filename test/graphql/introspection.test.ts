import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { GraphQLResponse } from '../support/gateway.ts';

async function ask(document: string): Promise<GraphQLResponse> {
  const gateway = await startGateway();
  return gateway.query(document);
}

function messagesOf({ errors = [] }: GraphQLResponse): string {
  return errors.map(({ message }) => message).join('\n');
}

const EVERYTHING = {
  descriptions: true,
  directiveIsRepeatable: true,
  inputValueDeprecation: true,
  oneOf: true,
  schemaDescription: true,
  specifiedByUrl: true,
};

describe('Introspection', () => {
  it('answers the query of a playground, with every option', async () => {
    const { data, errors } = await ask(getIntrospectionQuery(EVERYTHING));
    expect(errors).toBeUndefined();
    const names = listAt(data, '__schema.types').map((type) => at(type, 'name'));
    expect(names).toContain('CallRecording');
  });

  it.each([getIntrospectionQuery(), '{ __type(name: "User") { name } }', '{ ... { a: __schema { __typename } } }'])(
    'is refused where it is disabled',
    async (document) => {
      const gateway = await startGateway({ config: { introspection: false } });
      const { data, errors } = await gateway.query(document);
      expect(data).toBeUndefined();
      expect(errors?.[0]?.message).toContain('is disabled. Ask the operator to set INTROSPECTION=true');
    },
  );

  it.each([
    '{ usr(id: "a") { id } }',
    '{ user(idd: "a") { id } }',
    '{ user(id: "a") { idd } }',
    '{ user(id: "a") { ... on Usr { id } } }',
    'query ($id: IDD!) { user(id: $id) { id } }',
    '{ user(id: "a") { id @skp(if: true) } }',
    '{ user(id: "a") { ...Frgment } } fragment Fragment on User { id }',
  ])('adds "did you mean" to errors only where it is on: %s', async (document) => {
    const hidden = await startGateway({ config: { introspection: false } });
    expect(messagesOf(await hidden.query(document))).not.toMatch(/did you mean/i);
    const helps = !document.includes('Frgment') && !document.includes('@skp');
    expect(/did you mean/i.test(messagesOf(await ask(document)))).toBe(helps);
  });
});
