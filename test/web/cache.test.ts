import { describe, expect, it } from 'vitest';
import { createCache } from '../../web/src/graphql/cache.ts';
import { newKeys, withAdded } from '../../web/src/live/added.ts';
import { RECORDINGS } from '../../web/src/live/documents.ts';

const ORGANIZER = 'organizer';
const list = { query: RECORDINGS, variables: { organizerId: ORGANIZER } };

/** A complete recording, as the gateway sends it. */
function recording(id: string, subject = `subject of ${id}`, meetingId = `meeting of ${id}`) {
  return {
    __typename: 'CallRecording' as const,
    meetingOrganizerId: ORGANIZER,
    meetingId,
    id,
    createdDateTime: '2026-11-20T11:18:07.9878650Z',
    endDateTime: null,
    meeting: { __typename: 'OnlineMeeting' as const, organizerId: ORGANIZER, id: meetingId, subject },
    meetingOrganizer: null,
  };
}

function page(recordings: readonly ReturnType<typeof recording>[], endCursor: string | null) {
  return {
    __typename: 'Query' as const,
    callRecordings: {
      __typename: 'CallRecordingConnection' as const,
      nodes: recordings,
      pageInfo: { __typename: 'PageInfo' as const, endCursor, hasNextPage: endCursor !== null },
    },
  };
}

function idsIn(cache: ReturnType<typeof createCache>): string[] {
  return cache.readQuery(list)?.callRecordings.nodes.map(({ id }) => id) ?? [];
}

describe('The cache of the viewer', () => {
  it('appends a further page, each recording once, and continues where that ends', () => {
    const cache = createCache();
    cache.writeQuery({ ...list, data: page([recording('a'), recording('b')], 'after b') });

    const variables = { organizerId: ORGANIZER, after: 'after b' };
    cache.writeQuery({ query: RECORDINGS, variables, data: page([recording('b'), recording('c')], null) });

    expect(idsIn(cache)).toEqual(['a', 'b', 'c']);
    expect(cache.readQuery(list)?.callRecordings.pageInfo).toMatchObject({ endCursor: null, hasNextPage: false });
  });

  it('replaces a list that is read again', () => {
    const cache = createCache();
    cache.writeQuery({ ...list, data: page([recording('a'), recording('b')], 'after b') });

    cache.writeQuery({ ...list, data: page([recording('c')], null) });

    expect(idsIn(cache)).toEqual(['c']);
  });

  it('distinguishes recordings that have the same id in two meetings', () => {
    const cache = createCache();

    cache.writeQuery({
      ...list,
      data: page([recording('a', 'one', 'first'), recording('a', 'other', 'second')], null),
    });

    expect(idsIn(cache)).toEqual(['a', 'a']);
    expect(JSON.stringify(cache.extract())).toMatch(/"one".*"other"/);
  });

  it('has each live recording once, in its latest version, even if the list had it already', () => {
    const cache = createCache();
    cache.writeQuery({ ...list, data: page([recording('a', 'as it was'), recording('b')], 'after b') });
    const before = cache.readQuery(list);
    if (before === null) throw new Error('Expected a list.');
    const added = [recording('a', 'as it is'), recording('c')];

    expect(newKeys(before, added)).toEqual([JSON.stringify([ORGANIZER, 'meeting of c', 'c'])]);
    cache.writeQuery({ ...list, data: withAdded(before, added) });

    expect(idsIn(cache)).toEqual(['a', 'c', 'b']);
    expect(JSON.stringify(cache.extract())).toContain('as it is');
    expect(JSON.stringify(cache.extract())).not.toContain('as it was');
    expect(cache.readQuery(list)?.callRecordings.pageInfo.endCursor).toBe('after b');
  });
});
