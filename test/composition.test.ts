/** The subgraph composed into a supergraph by both composers, with a subgraph of users and one of calendars. */
import { readFileSync } from 'node:fs';
import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { buildSchema, isObjectType, parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { at, startGateway } from './support/gateway.ts';

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

const published = read('../docs/subgraph.graphql');
const users = read('subgraphs/users.graphql');
const calendar = read('subgraphs/calendar.graphql');

/** A composed supergraph, or the errors of the composition. */
interface Composed {
  readonly sdl: string | undefined;
  readonly errors: readonly string[];
}

const composers = {
  '@apollo/composition': composeByApollo,
  '@theguild/federation-composition': composeByGuild,
} as const;

type Composer = keyof typeof composers;

const NAMES: readonly Composer[] = ['@apollo/composition', '@theguild/federation-composition'];

function compose(composer: Composer, subgraphs: Readonly<Record<string, string>>): Composed {
  const services = Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    typeDefs: parse(sdl),
    url: `http://${name}.example/graphql`,
  }));
  const { supergraphSdl, errors = [] } = composers[composer](services);
  return { sdl: supergraphSdl, errors: errors.map(({ message }) => message) };
}

/** The names of the fields that clients see in a type. */
function fieldsOf({ sdl = '' }: Composed, name: string): string[] {
  const type = buildSchema(sdl, { assumeValid: true }).getType(name);
  return isObjectType(type) ? Object.keys(type.getFields()) : [];
}

/** The subgraphs that a supergraph reads a field from. */
function sourcesOf({ sdl = '' }: Composed, name: string, field: string): string[] {
  const type = buildSchema(sdl, { assumeValid: true }).getType(name);
  const directives = (isObjectType(type) && type.getFields()[field]?.astNode?.directives) || [];
  return directives.flatMap((directive) => /^@join__field\(graph: (\w+)/.exec(print(directive))?.[1] ?? []);
}

const SHARED = '  displayName: String @shareable\n';

describe.each(NAMES)('The published subgraph composed by %s', (composer) => {
  it('is a supergraph by itself', () => {
    expect(compose(composer, { recordings: published }).errors).toEqual([]);
  });

  it('composes with subgraphs of users and calendars', () => {
    const supergraph = compose(composer, { recordings: published, users, calendar });
    expect(supergraph.errors).toEqual([]);
    expect(fieldsOf(supergraph, 'User')).toEqual(
      expect.arrayContaining(['callRecordings', 'onlineMeeting', 'displayName', 'jobTitle']),
    );
    expect(fieldsOf(supergraph, 'Event')).toContain('onlineMeeting');
  });

  it('passes cost directives and the credential tag on to the supergraph', () => {
    const { sdl = '' } = compose(composer, { recordings: published, users, calendar });
    expect(sdl).toMatch(/cursor: String! .*@cost\(weight: 40\)/);
    expect(sdl).toMatch(/@listSize\([^)]*slicingArguments: \["first"\]/);
    expect(sdl).toMatch(/url: String! .*@tag\(name: "credential"\)/);
  });

  it('leaves the names of a user, and Query.user, to a subgraph that overrides them', () => {
    const owning = users
      .replace(
        SHARED,
        '  displayName: String! @override(from: "recordings")\n  userPrincipalName: String @override(from: "recordings")\n',
      )
      .replace('  me: User', '  me: User\n  user(id: ID!): User @override(from: "recordings")');
    const supergraph = compose(composer, { recordings: published, users: owning });
    expect(supergraph.errors).toEqual([]);
    expect(sourcesOf(supergraph, 'User', 'displayName')).toEqual(['USERS']);
    expect(sourcesOf(supergraph, 'User', 'userPrincipalName')).toEqual(['USERS']);
    expect(sourcesOf(supergraph, 'Query', 'user')).toEqual(['USERS']);
    expect(sourcesOf(supergraph, 'Query', 'callRecordings')).toEqual(['RECORDINGS']);
  });

  it.each([
    ['names the same field without a word about it', SHARED, '  displayName: String\n', 'User.displayName'],
    ['has a query of the same name', '  me: User', '  user(id: ID!): User', 'Query.user'],
    ['types a name as something else', SHARED, '  displayName: Int @shareable\n', 'User.displayName'],
  ])('does not compose with a subgraph that %s', (_, from, to, coordinate) => {
    const { errors } = compose(composer, { recordings: published, users: users.replace(from, to) });
    expect(errors.join(' ')).toContain(coordinate);
  });

  it('composes to the same supergraph as the SDL that a router receives', async () => {
    const gateway = await startGateway();
    const { data } = await gateway.query('{ _service { sdl } }');
    const told = String(at(data, '_service.sdl'));
    expect(compose(composer, { recordings: told, users, calendar })).toEqual(
      compose(composer, { recordings: published, users, calendar }),
    );
  });
});
