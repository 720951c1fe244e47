/** Router queries with hundreds of references to entities of several types and organizers. */
import { describe, expect, it } from 'vitest';
import { startEntra } from '../support/entra.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on CallRecording { id createdDateTime meetingOrganizer { user { id } } }
    ... on OnlineMeeting { id subject startDateTime endDateTime joinWebUrl chatInfo { threadId } }
  }
}`;

interface Reference {
  readonly __typename: string;
  readonly id?: string;
}

/** References to every recording and every meeting of a tenant, by turns. */
function references({ emulator: { tenant } }: TestGateway): Reference[] {
  const recordings = tenant.recordings.map(({ id, meetingId, organizerId: meetingOrganizerId }) => ({
    __typename: 'CallRecording',
    meetingOrganizerId,
    meetingId,
    id,
  }));
  const meetings = tenant.meetings.map(({ id, organizerId }) => ({ __typename: 'OnlineMeeting', organizerId, id }));
  return recordings.flatMap((recording, index) => [recording, meetings[index] ?? recording]);
}

function idsOf(entities: readonly unknown[]): unknown[] {
  return entities.map((entity) => at(entity, 'id'));
}

describe('500 references from a router', () => {
  it('are loaded in 25 batches of 20 and answered in order', async () => {
    const gateway = await startGateway({ tenant: { users: 5, meetings: 250, recordings: 250 } });
    const representations = references(gateway);
    expect(representations).toHaveLength(500);
    const { data, errors } = await gateway.query(ENTITIES, { representations });
    expect(errors).toBeUndefined();
    expect(idsOf(listAt(data, '_entities'))).toEqual(representations.map(({ id }) => id));
    expect(gateway.requests()).toEqual(Array.from({ length: 25 }, () => 'POST /v1.0/$batch of 20'));
  });

  it('are independent: an unknown one is null, a malformed or failed one is null with its error', async () => {
    const gateway = await startGateway({ tenant: { users: 5, meetings: 250, recordings: 250 } });
    const representations: unknown[] = references(gateway);
    const [failing] = references(gateway).slice(300);
    gateway.emulator.fail({ kind: 'status', status: 403, match: { path: failing?.id ?? '' } });
    representations[7] = { __typename: 'OnlineMeeting', organizerId: 'a', id: 'unknown' };
    representations[8] = { __typename: 'CallRecording', meetingOrganizerId: 'a', meetingId: 'b', id: 'unknown' };
    representations[100] = { __typename: 'CallRecording', id: 'a' };
    representations[101] = { __typename: 'Nothing' };
    representations[102] = 'a';
    const { data, errors } = await gateway.query(ENTITIES, { representations });
    const entities = listAt(data, '_entities');
    const absent = new Set([7, 8, 100, 101, 102, 300]);
    expect(entities.flatMap((entity, index) => (entity === null ? [index] : []))).toEqual([...absent]);
    expect(errors?.map(({ path, extensions }) => [path?.[1], extensions?.['code']])).toEqual([
      [100, 'BAD_USER_INPUT'],
      [101, 'BAD_USER_INPUT'],
      [102, 'BAD_USER_INPUT'],
      [300, 'FORBIDDEN'],
    ]);
  });
});

describe('References to meetings by join link', () => {
  it('are batched too, and null where Graph finds no meeting', async () => {
    const gateway = await startGateway({ tenant: { users: 2, meetings: 39, recordings: 0 } });
    const { meetings } = gateway.emulator.tenant;
    const links = meetings.map(({ organizerId, joinWebUrl }) => ({ organizerId, joinWebUrl }));
    const representations = [...links, { organizerId: links[0]?.organizerId, joinWebUrl: 'https://elsewhere' }].map(
      (key) => ({ __typename: 'OnlineMeeting', ...key }),
    );
    const { data, errors } = await gateway.query(ENTITIES, { representations });
    expect(errors).toBeUndefined();
    expect(idsOf(listAt(data, '_entities'))).toEqual([...meetings.map(({ id }) => id), undefined]);
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 20', 'POST /v1.0/$batch of 20']);
  });

  it('are refused without the link', async () => {
    const gateway = await startGateway();
    const representations = [{ __typename: 'OnlineMeeting', organizerId: 'a', joinWebUrl: null }];
    const { errors } = await gateway.query(ENTITIES, { representations });
    expect(errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain('joinWebUrl');
  });
});

describe('References of one caller', () => {
  it("to another organizer's data are forbidden at their paths, without a request to Graph", async () => {
    const entra = await startEntra();
    const { authority, clientId, tenantId, userId, certificateAuthority: graphCertificateAuthority } = entra;
    const callers = { authority, tenantIds: [tenantId], audiences: [clientId] } as const;
    const gateway = await startGateway({
      tenant: { users: 0, meetings: 0, recordings: 0 },
      config: { callers, graphCertificateAuthority },
    });
    for (const id of [userId, 'another']) {
      gateway.emulator.addUser({ id });
      gateway.emulator.addMeeting({ id: `meeting of ${id}`, organizerId: id });
      gateway.emulator.addRecording({ id: `recording of ${id}`, meetingId: `meeting of ${id}` });
    }
    const representations = references(gateway);
    const headers = { authorization: `Bearer ${await entra.issue()}` };
    const { data, errors } = await gateway.query(ENTITIES, { representations }, headers);
    expect(idsOf(listAt(data, '_entities'))).toEqual([
      `recording of ${userId}`,
      `meeting of ${userId}`,
      undefined,
      undefined,
    ]);
    expect(errors?.map(({ path, extensions }) => [path?.[1], extensions?.['code']])).toEqual([
      [2, 'FORBIDDEN'],
      [3, 'FORBIDDEN'],
    ]);
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 2']);
    expect(gateway.paths().join()).not.toContain('another');
  });
});
