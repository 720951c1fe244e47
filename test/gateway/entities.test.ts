import { describe, expect, it } from 'vitest';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { GraphQLResponse, TestGateway } from '../support/gateway.ts';

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on CallRecording { createdDateTime }
    ... on OnlineMeeting { subject }
    ... on User { displayName }
  }
}`;

function resolve(gateway: TestGateway, representations: readonly unknown[]): Promise<GraphQLResponse> {
  return gateway.query(ENTITIES, { representations });
}

function representationsOf({ emulator: { tenant } }: TestGateway) {
  return {
    users: tenant.users.map(({ id }) => ({ __typename: 'User', id })),
    onlineMeetings: tenant.meetings.map(({ id, organizerId }) => ({ __typename: 'OnlineMeeting', organizerId, id })),
    callRecordings: tenant.recordings.map(({ id, meetingId, organizerId }) => ({
      __typename: 'CallRecording',
      meetingOrganizerId: organizerId,
      meetingId,
      id,
    })),
  };
}

describe('References from a router', () => {
  it.each([
    ['callRecordings', 'createdDateTime', ({ recordings }: TestGateway['emulator']['tenant']) => recordings],
    ['onlineMeetings', 'subject', ({ meetings }: TestGateway['emulator']['tenant']) => meetings],
    ['users', 'displayName', ({ users }: TestGateway['emulator']['tenant']) => users],
  ] as const)('to 40 %s are loaded in 2 batches and answered in order', async (kind, member, things) => {
    const gateway = await startGateway({ tenant: { users: 40, meetings: 40, recordings: 40 } });
    const { data, errors } = await resolve(gateway, representationsOf(gateway)[kind]);
    expect(errors).toBeUndefined();
    expect(listAt(data, '_entities').map((entity) => at(entity, member))).toEqual(
      things(gateway.emulator.tenant).map((thing) => at(thing, member)),
    );
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 20', 'POST /v1.0/$batch of 20']);
  });

  it('to recordings and meetings unknown to Graph are null', async () => {
    const gateway = await startGateway();
    const { onlineMeetings, callRecordings } = representationsOf(gateway);
    const { data, errors } = await resolve(gateway, [
      { ...onlineMeetings[0], id: 'unknown' },
      { ...callRecordings[0], id: 'unknown' },
      { ...callRecordings[0], meetingId: 'unknown' },
      // A user needs only an id; the other fields of this one are null.
      { __typename: 'User', id: 'unknown' },
      onlineMeetings[0],
    ]);
    expect(errors).toBeUndefined();
    const subject = gateway.emulator.tenant.meetings[0]?.subject;
    expect(data).toEqual({ _entities: [null, null, null, { displayName: null }, { subject }] });
  });

  it.each([
    [
      'without a part of its key',
      { __typename: 'OnlineMeeting', id: 'a' },
      'The representation of OnlineMeeting has an invalid key: organizerId is missing. Send every field of its @key',
      '',
    ],
    [
      'without a valid key',
      { __typename: 'CallRecording', id: ['a'] },
      'key: meetingOrganizerId is missing, meetingId is missing and id is a list. Send every field of its @key as a string.',
      '',
    ],
    [
      'with a key that is not a string',
      { __typename: 'User', id: 7 },
      'User has an invalid key',
      'key: id is a number.',
    ],
    ['with a key that is null', { __typename: 'User', id: null }, 'User has an invalid key', 'key: id is null.'],
    [
      'with an empty key',
      { __typename: 'OnlineMeeting', organizerId: '', id: 'a' },
      'An id or a join link must not be empty',
      '',
    ],
    [
      'of a type that is not an entity',
      { __typename: 'PageInfo' },
      'one of CallRecording, OnlineMeeting, User',
      "'PageInfo'",
    ],
    ['of an unknown type', { __typename: 'Nothing' }, 'one of CallRecording, OnlineMeeting, User', "'Nothing'"],
    ['without a type', { id: 'a' }, 'one of CallRecording, OnlineMeeting, User', 'it is missing.'],
    [
      'whose type is not a name',
      { __typename: ['User'] },
      'one of CallRecording, OnlineMeeting, User',
      'it is a list.',
    ],
    ['that is not an object', 'a', 'one of CallRecording, OnlineMeeting, User', 'it is missing.'],
  ])('fail at their path without affecting others: one %s', async (_, malformed, expected, came) => {
    const gateway = await startGateway();
    const { users } = representationsOf(gateway);
    const { data, errors } = await resolve(gateway, [users[0], malformed, users[0]]);
    const { displayName } = gateway.emulator.tenant.users[0] ?? {};
    expect(data).toEqual({ _entities: [{ displayName }, null, { displayName }] });
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(expected),
        path: ['_entities', 1],
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ]);
    expect(errors?.[0]?.message).toContain(came);
    expect(gateway.logged()).not.toContain('"level":50');
  });
});
