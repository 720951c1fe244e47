import { describe, expect, it } from 'vitest';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const NAMES = `query ($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer) { nodes { meetingOrganizer { user { id displayName } application { displayName } } } }
}`;

async function ask(gateway: TestGateway): Promise<{ names: unknown[]; errors: unknown }> {
  const { data, errors } = await gateway.query(NAMES, { organizer: gateway.emulator.tenant.users[0]?.id });
  const names = listAt(data, 'callRecordings.nodes').map((node) => at(node, 'meetingOrganizer.user.displayName'));
  return { names: [...new Set(names)], errors };
}

describe('The name of an organizer', () => {
  it('is looked up once, because Graph omits it', async () => {
    const gateway = await startGateway();
    const [organizer] = gateway.emulator.tenant.users;
    expect(await ask(gateway)).toEqual({ names: [organizer?.displayName], errors: undefined });
    expect(gateway.paths().slice(1)).toEqual([`/users/${organizer?.id}?$select=id,displayName,userPrincipalName`]);
  });

  it('is not looked up when it is not selected', async () => {
    const gateway = await startGateway();
    const [organizer] = gateway.emulator.tenant.users;
    await gateway.query(NAMES.replaceAll('displayName', '__typename'), { organizer: organizer?.id });
    expect(gateway.requests()).toHaveLength(1);
  });

  it('is null and no error where Graph forbids the look-up', async () => {
    const gateway = await startGateway();
    gateway.emulator.settings.forbiddenUsers = gateway.emulator.tenant.users.map(({ id }) => id);
    expect(await ask(gateway)).toEqual({ names: [null], errors: undefined });
  });

  it('is null and an error where Graph fails', async () => {
    const gateway = await startGateway();
    gateway.emulator.fail({ kind: 'status', status: 500, match: { query: 'displayName' } });
    const { names, errors } = await ask(gateway);
    expect(names).toEqual([null]);
    expect(errors).toMatchObject([1, 2, 3].map(() => ({ extensions: { code: 'UPSTREAM_UNAVAILABLE' } })));
  });

  it('is taken from Graph without a look-up, where Graph gives it', async () => {
    const gateway = await startGateway();
    gateway.emulator.fail({
      kind: 'wrongType',
      member: 'meetingOrganizer',
      value: { user: { id: 'somebody', displayName: 'Given by Graph' } },
    });
    expect(await ask(gateway)).toEqual({ names: ['Given by Graph'], errors: undefined });
    expect(gateway.requests()).toHaveLength(1);
  });

  it('is not looked up for an identity that is not a user, even with an unknown member', async () => {
    const gateway = await startGateway();
    const [organizer] = gateway.emulator.tenant.users;
    const application = { id: 'an application', directoryId: organizer?.id };
    gateway.emulator.fail({ kind: 'wrongType', member: 'meetingOrganizer', value: { application } });
    const { data, errors } = await gateway.query(
      NAMES.replace('application { displayName }', 'application { displayName user { id } }'),
      { organizer: organizer?.id },
    );
    expect(errors).toBeUndefined();
    expect(listAt(data, 'callRecordings.nodes').map((node) => at(node, 'meetingOrganizer'))).toContainEqual({
      user: null,
      application: { displayName: null, user: null },
    });
    expect(gateway.requests()).toHaveLength(1);
  });

  it.each([
    'anonymousGuest',
    'azureCommunicationServicesUser',
    'emailUser',
    'federatedUser',
    'personalMicrosoftAccountUser',
    'phoneUser',
    'skypeUser',
  ])('is not looked up for a user of the kind %s, whom the directory does not know', async (userIdentityType) => {
    const gateway = await startGateway();
    const user = { id: 'somebody', displayName: null, userIdentityType };
    gateway.emulator.fail({ kind: 'wrongType', member: 'meetingOrganizer', value: { user } });
    expect(await ask(gateway)).toEqual({ names: [null], errors: undefined });
    expect(gateway.requests()).toHaveLength(1);
  });
});

describe('A user', () => {
  it('has names from the directory, loaded with recordings and meetings in one batch', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 1, recordings: 1 } });
    const { users, meetings, recordings } = gateway.emulator.tenant;
    expect(
      await gateway.query(
        `query ($id: ID!, $meeting: ID!) {
          user(id: $id) {
            id displayName userPrincipalName
            callRecordings { nodes { id } }
            onlineMeeting(id: $meeting) { subject }
          }
        }`,
        { id: users[0]?.id, meeting: meetings[0]?.id },
      ),
    ).toEqual({
      data: {
        user: {
          id: users[0]?.id,
          displayName: users[0]?.displayName,
          userPrincipalName: users[0]?.userPrincipalName,
          callRecordings: { nodes: [{ id: recordings[0]?.id }] },
          onlineMeeting: { subject: meetings[0]?.subject },
        },
      },
    });
    expect(gateway.requests()).toEqual(['POST /v1.0/$batch of 3']);
  });

  it('unknown to Graph has null names, and its lists fail', async () => {
    const gateway = await startGateway();
    expect(await gateway.query('{ user(id: "nobody") { displayName userPrincipalName } }')).toEqual({
      data: { user: { displayName: null, userPrincipalName: null } },
    });
    expect(await gateway.query('{ user(id: "nobody") { callRecordings { nodes { id } } } }')).toMatchObject({
      data: { user: null },
      errors: [{ path: ['user', 'callRecordings'], extensions: { code: 'NOT_FOUND' } }],
    });
  });
});

describe('The user of an identity', () => {
  const USERS = `query ($organizer: ID!, $names: Boolean = false) {
    callRecordings(meetingOrganizerId: $organizer) {
      nodes { meetingOrganizer { user { user { __typename id displayName @include(if: $names) } } device { user { id } } } }
    }
  }`;

  async function askUsers(gateway: TestGateway, names = false): Promise<unknown[]> {
    const { data, errors } = await gateway.query(USERS, { organizer: gateway.emulator.tenant.users[0]?.id, names });
    expect(errors).toBeUndefined();
    return listAt(data, 'callRecordings.nodes').map((node) => at(node, 'meetingOrganizer'));
  }

  it('costs nothing until more than its id is selected, and then one look-up', async () => {
    const gateway = await startGateway();
    const { id, displayName } = gateway.emulator.tenant.users[0] ?? {};
    const user = { __typename: 'User', id };
    expect(await askUsers(gateway)).toEqual([1, 2, 3].map(() => ({ user: { user }, device: null })));
    expect(gateway.requests()).toHaveLength(1);
    expect(await askUsers(gateway, true)).toEqual(
      [1, 2, 3].map(() => ({ user: { user: { ...user, displayName } }, device: null })),
    );
    expect(gateway.requests()).toHaveLength(3);
  });

  it.each([
    ['somebody of another tenant', { user: { id: 'a', userIdentityType: 'federatedUser' } }, 'user'],
    ['a device', { device: { id: 'a' } }, 'device'],
    ['a user without an id', { user: { displayName: 'A' } }, 'user'],
  ])('is null for %s', async (_, value, place) => {
    const gateway = await startGateway();
    gateway.emulator.fail({ kind: 'wrongType', member: 'meetingOrganizer', value });
    const [first] = await askUsers(gateway);
    expect(at(first, `${place}.user`)).toBeNull();
  });
});
