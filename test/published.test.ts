/** The published subgraph: it is the served one, and no breaking change goes unannounced. */
import { readFileSync } from 'node:fs';
import { Kind, parse, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { breakingChanges, unannounced } from './support/breaking-change.ts';
import { at, startGateway } from './support/gateway.ts';

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

const released = read('docs/subgraph.released.graphql');
const published = read('docs/subgraph.graphql');

/** Breaking changes: what changes, how it is planted, and the coordinate that the changelog has to name. */
const BREAKS: readonly (readonly [what: string, from: string | RegExp, to: string, coordinate: string])[] = [
  ['a field', '  "The id of the call that was recorded."\n  callId: String\n', '', 'CallRecording.callId'],
  ['the type of a field', '  callId: String', '  callId: Int', 'CallRecording.callId'],
  ['that a field is never null', 'added: [CallRecording!]!', 'added: [CallRecording!]', 'CallRecordingDelta.added'],
  ['an argument', /"The link, [^"]*"\s+joinWebUrl: String!/, '', 'Query.onlineMeetingByJoinWebUrl'],
  ['that an argument may be left out', 'resync: Boolean\n', 'resync: Boolean!\n', 'Query.callRecordingDelta'],
  ['a new argument that has to be given', /user\(/, 'user(name: ID!', 'Query.user'],
  ['a value', '  "A bot."\n  bot\n', '', 'TeamworkApplicationIdentityType.bot'],
  ['an entity', / @key\(fields: "organizerId id"\)/, '', 'OnlineMeeting'],
  ['a key', 'fields: "meetingOrganizerId meetingId id"', 'fields: "meetingOrganizerId id"', 'CallRecording'],
  ['what is shared', 'type PageInfo @shareable', 'type PageInfo', 'PageInfo'],
];

/** A changelog with this text under this heading, following the unreleased additions. */
function changelog(heading: string, text: string): string {
  return `# Changelog\n\n## Unreleased\n\n### Added\n\n- All.\n\n${heading}\n\n- ${text}\n\n## 0.0.1\n\n### Changed\n\n- Nothing.\n`;
}

describe('docs/subgraph.graphql', () => {
  it('is the SDL that a router receives over HTTP, byte for byte', async () => {
    const gateway = await startGateway();
    const { data } = await gateway.query('{ _service { sdl } }');
    expect(`${String(at(data, '_service.sdl')).trimEnd()}\n`).toBe(published);
  });

  it('breaks nothing released except what CHANGELOG.md names under "Unreleased", changed or removed', () => {
    expect(unannounced(breakingChanges(released, published), read('CHANGELOG.md'))).toEqual([]);
  });

  it.each(BREAKS)('is checked for an unannounced breaking change: %s', (_, from, to, coordinate) => {
    const planted = released.replace(from, to);
    expect(planted).not.toBe(released);
    const changes = breakingChanges(released, planted);
    expect(changes.map((change) => change.coordinate)).toContain(coordinate);
    for (const heading of ['### Added', '### Fixed', '## 0.1.0\n\n### Changed'])
      expect(unannounced(changes, changelog(heading, `\`${coordinate}\` is gone.`))).not.toEqual([]);
    for (const heading of ['### Changed', '### Removed'])
      expect(unannounced(changes, changelog(heading, `\`${coordinate}\` is gone.`))).toEqual([]);
    expect(unannounced(changes, changelog('### Changed', `\`${coordinate}X\` is gone.`))).not.toEqual([]);
  });

  it('tags the fields that open a meeting or a video', () => {
    const tagged: string[] = [];
    visit(parse(published), {
      FieldDefinition({ name, directives = [] }, _key, _parent, _path, ancestors) {
        const type = ancestors.findLast((node) => 'kind' in node && node.kind === Kind.OBJECT_TYPE_DEFINITION);
        if (directives.some((directive) => directive.name.value.endsWith('tag')))
          tagged.push(`${String(at(type, 'name.value'))}.${name.value}`);
      },
    });
    expect(tagged.toSorted()).toEqual([
      'AudioConferencing.conferenceId',
      'CallRecordingContent.url',
      'ChatInfo.threadId',
      'CloudVideoInteropInfo.videoTeleconferenceId',
      'JoinMeetingIdSettings.joinMeetingId',
      'JoinMeetingIdSettings.passcode',
      'OnlineMeeting.joinInformation',
      'OnlineMeeting.joinWebUrl',
      'OnlineMeeting.meetingOptionsWebUrl',
      'OnlineMeeting.videoTeleconferenceId',
    ]);
  });

  it('is checked for a removed tag and a hidden field', () => {
    const untagged = published.replace(/ @(federation__)?tag\(name: "credential"\)/, '');
    const hidden = published.replace('  callId: String', '  callId: String @federation__inaccessible');
    expect(breakingChanges(published, untagged)).toHaveLength(1);
    expect(breakingChanges(published, hidden)).toMatchObject([{ coordinate: 'CallRecording.callId' }]);
    expect(breakingChanges(hidden, published)).toEqual([]);
  });

  it('may gain fields, optional arguments and enum values', () => {
    const more = released
      .replace('  callId: String', '  callId: String\n  more(of: Int): String')
      .replace('  bot\n', '  bot\n  another\n');
    expect(breakingChanges(released, more)).toEqual([]);
  });
});
