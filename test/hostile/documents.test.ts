import { describe, expect, it } from 'vitest';
import { leaves, repeat } from '../support/document.ts';
import { at, startGateway } from '../support/gateway.ts';
import { besiege } from '../support/siege.ts';

interface Attack {
  /** Sent as JSON unless it is a string. */
  readonly body: unknown;
  readonly status: number;
  readonly code: string;
  /** Part of the message. */
  readonly says: string;
}

const INVALID = { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' };
const UNREADABLE = { status: 400, code: 'GRAPHQL_PARSE_FAILED' };
const BAD_INPUT = { status: 400, code: 'BAD_USER_INPUT' };
const NO_REQUEST = { status: 400, code: 'BAD_REQUEST' };

const USER = 'query ($id: ID!) { user(id: $id) { id } }';

const LONG = 'a'.repeat(50_000);

/** So many nested lists, in JSON. */
function nest(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  'aliases for one field': {
    body: { query: `{ ${repeat(600, (i) => `a${i}: __typename`)} }` },
    ...INVALID,
    says: 'at most 30 aliases, but this one has 600',
  },
  'one very long alias for thousands of objects': {
    body: {
      query: `query ($o: ID!) { callRecordings(meetingOrganizerId: $o, first: 100) { nodes { meeting { recordings(first: 40) { nodes { ${LONG}: callId } } } } } }`,
      variables: { o: 'a' },
    },
    ...INVALID,
    says: 'at most 100 characters in an alias, but this one has 50000',
  },
  'deeply nested fields': {
    body: {
      query: `{ user(id: "a") { callRecordings { nodes { ${'meeting { recordings { nodes { '.repeat(100)} id ${'} } }'.repeat(100)} } } } }`,
    },
    ...INVALID,
    says: 'at most 12 levels of fields',
  },
  'fragments in a circle': {
    body: {
      query: `{ user(id: "a") { ...F0 } } ${repeat(200, (i) => `fragment F${i} on User { id ...F${(i + 1) % 200} }`)}`,
    },
    ...INVALID,
    says: 'Cannot spread fragment "F0" within itself',
  },
  'fragments that double each other': {
    body: {
      query: `{ user(id: "a") { ...F0 } } ${repeat(150, (i) => `fragment F${i} on User { ...F${i + 1} ...F${i + 1} }`)} fragment F150 on User { a: id }`,
    },
    ...INVALID,
    says: 'at most 30 aliases',
  },
  'fragments that double each other in a subscription': {
    body: {
      query: `subscription { ...F0 } ${repeat(150, (i) => `fragment F${i} on Subscription { ...F${i + 1} ...F${i + 1} }`)} fragment F150 on Subscription { __typename }`,
    },
    ...INVALID,
    says: 'at most 30 fields at the root',
  },
  'hundreds of directives': {
    body: { query: `{ __typename ${'@skip(if: false) '.repeat(250)} }` },
    ...INVALID,
    says: 'at most 20 directives, but this one has 250',
  },
  'unknown directives': {
    body: { query: `query ${repeat(20, (i) => `@a${i}`)} { __typename }` },
    ...INVALID,
    says: 'Unknown directive "@a0"',
  },
  'too many tokens': {
    body: { query: `{ onlineMeeting(organizerId: "a", id: "b") { ${leaves(20_000)} } }` },
    ...UNREADABLE,
    says: 'at most 2000 tokens',
  },
  'a document of one comment': { body: { query: `#${'a'.repeat(260_000)}` }, ...UNREADABLE, says: 'Unexpected <EOF>' },
  'a string without an end': {
    body: { query: `{ user(id: """${'\n '.repeat(80_000)}` },
    ...UNREADABLE,
    says: 'Unterminated',
  },
  'brackets that are never closed': {
    body: { query: `{ user(id: ${'['.repeat(1_950)}` },
    ...UNREADABLE,
    // Nested too deeply, or without an end: the message depends on how much stack the engine has left.
    says: '',
  },
  'a document that is not GraphQL': {
    body: { query: '\u0000'.repeat(40_000) },
    ...UNREADABLE,
    says: 'Unexpected character: U+0000',
  },
  'the whole schema, many times': {
    body: { query: `{ ${repeat(9, (i) => `a${i}: __schema { types { fields { type { fields { name } } } } }`)} }` },
    ...INVALID,
    says: 'at most 3 introspection fields',
  },
  'the schema in circles': {
    body: { query: `{ __schema { types { ${'fields { type { '.repeat(10)} name ${'} }'.repeat(10)} } } }` },
    ...INVALID,
    says: 'Maximum introspection depth exceeded',
  },
  'pages of pages of pages': {
    body: {
      query:
        '{ callRecordings(meetingOrganizerId: "a", first: 100) { nodes { meeting { recordings(first: 100) { nodes { id } } } } } }',
    },
    ...INVALID,
    says: 'can cost at most 100000',
  },
  'hundreds of unknown fields': {
    body: { query: `{ user(id: "a") { ${repeat(1_500, (i) => `nothing${i}`)} } }` },
    ...INVALID,
    says: 'Cannot query field "nothing0" on type "User".',
  },
  'hundreds of operations': {
    body: { query: repeat(300, (i) => `query A${i} { __typename }`) },
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
    says: '"operationName" must be the name of an operation',
  },
  'hundreds of variables': {
    body: { query: `query (${repeat(300, (i) => `$a${i}: ID!`)}) { __typename }` },
    ...INVALID,
    says: 'is never used',
  },
  'a variable of very many lists': {
    body: `{"query":${JSON.stringify(USER)},"variables":{"id":${nest(9_000)}}}`,
    ...BAD_INPUT,
    says: 'ID cannot represent value',
  },
  'a variable of very many values': {
    body: { query: USER, variables: { id: Array.from({ length: 120_000 }, () => 1) } },
    ...BAD_INPUT,
    says: 'ID cannot represent value',
  },
  'more representations than can be answered': {
    body: {
      query: 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }',
      variables: { r: Array.from({ length: 8_000 }, () => ({ __typename: 'User', id: 'a' })) },
    },
    ...INVALID,
    says: 'can cost at most 100000',
  },
  'an array of operations': {
    body: Array.from({ length: 4_000 }, () => ({ query: '{ __typename }' })),
    ...NO_REQUEST,
    says: 'contains a list of operations',
  },
  'a body of very many lists': { body: nest(9_000), ...NO_REQUEST, says: 'contains a list of operations' },
  'a body with too many lists': {
    body: nest(100_000),
    ...NO_REQUEST,
    says: 'The JSON exceeds the limit of 10000 objects and arrays.',
  },
  'a malformed digest': {
    body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(200_000) } } },
    status: 400,
    code: 'PERSISTED_QUERY_NOT_FOUND',
    says: 'PersistedQueryNotFound',
  },
  'a digest of something else': {
    body: { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } },
    ...NO_REQUEST,
    says: 'the SHA-256 digest of the',
  },
};

describe('A hostile document', () => {
  it.each(Object.entries(ATTACKS))(
    'of %s is refused without delaying other callers',
    async (_, { body, status, code, says }) => {
      const gateway = await startGateway({ logLevel: 'silent' });
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      async function attack(): Promise<void> {
        const response = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
          body: text,
        });
        const answer: unknown = await response.json();
        expect(at(answer, 'data')).toBeUndefined();
        expect(at(answer, 'errors.0.extensions.code')).toBe(code);
        expect(at(answer, 'errors.0.message')).toContain(says);
        expect(response.status).toBe(status);
      }
      await besiege(gateway, attack);
    },
  );
});
