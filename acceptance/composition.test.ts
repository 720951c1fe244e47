import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { apolloComposition, guildComposition } from './composition.ts';
import type { Compose, Subgraph } from './composition.ts';
import { startSupergraph } from './supergraph.ts';

const FILES = {
  recordings: '../schema.graphql',
  users: '../examples/federation/users.graphql',
  calendar: '../examples/federation/calendar.graphql',
};

function readFiles(): Subgraph[] {
  return Object.entries(FILES).map(([name, path]) => ({
    name,
    url: `http://127.0.0.1/${name}`,
    sdl: readFileSync(new URL(path, import.meta.url), 'utf8'),
  }));
}

async function askSubgraphs(): Promise<readonly Subgraph[]> {
  return (await startSupergraph()).subgraphs;
}

/** The fields of a type of the supergraph, by name. */
function fieldsOf(supergraph: string, name: string): string[] {
  const type = buildSchema(supergraph, { assumeValidSDL: true }).getType(name);
  return type !== undefined && 'getFields' in type ? Object.keys(type.getFields()) : [];
}

/** Makes the users subgraph the only owner of the users' names. */
function takeOver(subgraph: Subgraph): Subgraph {
  if (subgraph.name !== 'users') return subgraph;
  const sdl = subgraph.sdl
    .replace('"@shareable"', '"@override"')
    .replace('displayName: String @shareable', 'displayName: String @override(from: "recordings")');
  return { ...subgraph, sdl };
}

describe.each<[name: string, compose: Compose]>([
  ["Apollo's library", apolloComposition],
  ["The Guild's library", guildComposition],
])('%s', (_, compose) => {
  it.each([
    ['their files', readFiles],
    ['their responses to _service', askSubgraphs],
  ])('composes the three subgraphs from %s', async (_source, read) => {
    const supergraph = compose(await read());
    expect(fieldsOf(supergraph, 'Query')).toEqual(
      expect.arrayContaining(['callRecordings', 'onlineMeeting', 'person', 'events']),
    );
    expect(fieldsOf(supergraph, 'Subscription')).toEqual(['callRecordingDelta']);
    expect(fieldsOf(supergraph, 'OnlineMeeting')).toEqual(expect.arrayContaining(['event', 'recordings', 'subject']));
    expect(fieldsOf(supergraph, 'User')).toEqual(
      expect.arrayContaining(['callRecordings', 'displayName', 'jobTitle', 'mail']),
    );
  });

  it('lets a directory override the names of users', () => {
    expect(fieldsOf(compose(readFiles().map(takeOver)), 'User')).toContain('displayName');
  });

  it('refuses a subgraph that defines a field of the gateway without sharing or overriding it', () => {
    const rival: Subgraph = {
      name: 'rival',
      url: 'http://127.0.0.1/rival',
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
        type Query { rival: OnlineMeeting }
        type OnlineMeeting @key(fields: "organizerId id") { organizerId: ID! id: ID! subject: String }`,
    };
    expect(() => compose([...readFiles(), rival])).toThrow(/OnlineMeeting\.subject/);
  });
});
