/** Graph also answers under the id of an attendee. The organizer whom it names decides who sees the response. */
import { describe, expect, it } from 'vitest';
import { startChain } from '../support/chain.ts';
import type { Chain } from '../support/chain.ts';
import type { TokenWish } from '../support/entra-token-issuer.ts';

const ROLE = 'Recordings.Read.All';
const [ANNA, BEN, SHARED, STRANGER] = [
  '1b0f6a44-93c1-4f0e-8c0d-7a5f3e2d1c01',
  '2c1e7b55-a4d2-4a1f-9d1e-8b6a4f3e2d02',
  '3d2f8c66-b5e3-4b2a-8e2f-9c7b5a4f3e03',
  '4e3a9d77-c6f4-4c3b-9f3a-0d8c6b5a4f04',
] as const;

/** A meeting that Anna organized and one that the shared organizer did; to both are invited all others but the stranger. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Chain> {
  const chain = await startChain({ SHARED_ORGANIZERS: SHARED, ...env });
  const { emulator } = chain;
  const guests = [ANNA, BEN, SHARED];
  for (const id of [...guests, STRANGER]) emulator.addUser({ id });
  for (const organizerId of [ANNA, SHARED]) {
    const id = `meeting-of-${organizerId}`;
    const attendeeIds = guests.filter((guest) => guest !== organizerId);
    emulator.addMeeting({ id, organizerId, attendeeIds, joinMeetingId: organizerId, subject: 'Quarter' });
    emulator.addRecording({ id: 'recording', meetingId: id });
  }
  return chain;
}

const ANNAS = `meeting-of-${ANNA}`;
const LIST = 'recordings { nodes { id } }';

/** Every way to ask for Anna's meeting, or for what is in it, through another person. */
const waysThrough = (id: string): Readonly<Record<string, string>> => ({
  'the meeting': `{ it: onlineMeeting(organizerId: "${id}", id: "${ANNAS}") { joinMeetingIdSettings { passcode } } }`,
  'the meeting by its number': `{ it: onlineMeetingByJoinMeetingId(organizerId: "${id}", joinMeetingId: "${ANNA}") { subject } }`,
  'the meeting of a user': `{ user(id: "${id}") { it: onlineMeeting(id: "${ANNAS}") { subject } } }`,
  'its recordings': `{ it: onlineMeeting(organizerId: "${id}", id: "${ANNAS}") { ${LIST} } }`,
  'a recording': `{ it: callRecording(meetingOrganizerId: "${id}", meetingId: "${ANNAS}", id: "recording") { id content { url } } }`,
  'the meeting as an entity': `{ it: _entities(representations: [{ __typename: "OnlineMeeting", organizerId: "${id}", id: "${ANNAS}" }]) { ... on OnlineMeeting { subject ${LIST} } } }`,
  'a recording as an entity': `{ it: _entities(representations: [{ __typename: "CallRecording", meetingOrganizerId: "${id}", meetingId: "${ANNAS}", id: "recording" }]) { ... on CallRecording { id } } }`,
});

const DENIED = {
  message:
    'The object does not exist, or the caller has no access to it. Users have access to what they organized themselves.',
  code: 'FORBIDDEN',
};

/** What came of asking: each error as its words and its code. */
async function errorsOf({ ask }: Chain, document: string, wish: TokenWish): Promise<object[]> {
  const { errors = [] } = await ask(document, wish);
  return errors.map(({ message, extensions }) => ({ message, code: extensions?.['code'] }));
}

describe('With application access to Graph', () => {
  it.each<[string, string, TokenWish]>([
    ['an attendee sees nothing of a meeting under their own id', BEN, { objectId: BEN }],
    ['an attendee sees nothing of a meeting under their own id in upper case', BEN.toUpperCase(), { objectId: BEN }],
    ['a user sees no meeting to which a shared organizer is only invited', SHARED, { objectId: STRANGER }],
    ['a service sees no meeting to which a shared organizer is only invited', SHARED, { kind: 'application' }],
  ])('%s, by any field', async (_, through, wish) => {
    const chain = await start();
    for (const document of Object.values(waysThrough(through)))
      expect({ document, errors: await errorsOf(chain, document, wish) }).toEqual({ document, errors: [DENIED] });
    expect(chain.emulator.requests.filter(({ url }) => url.endsWith('/content'))).toEqual([]);
  });

  it.each<[string, string, TokenWish]>([
    ['the organizer sees a meeting', ANNA, { objectId: ANNA }],
    ['the organizer sees a meeting under their id in upper case', ANNA.toUpperCase(), { objectId: ANNA }],
    ['the organizer sees a meeting under the id of a shared organizer who is invited', SHARED, { objectId: ANNA }],
    ['a holder of the role sees a meeting under the id of an attendee', BEN, { objectId: STRANGER, roles: [ROLE] }],
  ])('%s, by any field', async (_, through, wish) => {
    const chain = await start();
    for (const document of Object.values(waysThrough(through)))
      expect({ document, errors: await errorsOf(chain, document, wish) }).toEqual({ document, errors: [] });
  });

  it('every caller sees a meeting of a shared organizer, and an attendee also under their own id', async () => {
    const chain = await start();
    const document = (through: string): string =>
      `{ onlineMeeting(organizerId: "${through}", id: "meeting-of-${SHARED}") { subject ${LIST} } }`;
    expect(await errorsOf(chain, document(SHARED), { objectId: STRANGER })).toEqual([]);
    expect(await errorsOf(chain, document(BEN), { objectId: BEN })).toEqual([]);
  });

  it('a meeting that is cached for a holder of the role is refused to an attendee', async () => {
    const chain = await start({ CACHE_TTL_MS: '60000' });
    const document = `{ onlineMeeting(organizerId: "${BEN}", id: "${ANNAS}") { subject } }`;
    expect(await errorsOf(chain, document, { objectId: STRANGER, roles: [ROLE] })).toEqual([]);
    chain.emulator.clearRequests();
    expect(await errorsOf(chain, document, { objectId: BEN })).toEqual([DENIED]);
    expect(await errorsOf(chain, document, { objectId: STRANGER, roles: [ROLE] })).toEqual([]);
    expect(chain.emulator.requests).toEqual([]);
  });

  it.each([
    ['a meeting', 'participants', null, waysThrough(ANNA)['the meeting'] ?? ''],
    [
      'a meeting',
      'participants',
      { organizer: { identity: { user: { id: null } } } },
      waysThrough(ANNA)['the meeting'] ?? '',
    ],
    ['a recording', 'meetingOrganizer', null, waysThrough(ANNA)['a recording'] ?? ''],
    ['a recording', 'meetingOrganizer', { user: null }, waysThrough(ANNA)['a recording'] ?? ''],
  ])(
    '%s without an organizer in %s, which is %j, is only for holders of the role',
    async (_, member, value, document) => {
      const chain = await start();
      chain.emulator.fail({ kind: 'wrongType', member, value, times: 2 });
      expect(await errorsOf(chain, document, { objectId: ANNA })).toEqual([DENIED]);
      expect(await errorsOf(chain, document, { objectId: ANNA, roles: [ROLE] })).toEqual([]);
    },
  );

  it('a list of recordings without an organizer is only for holders of the role', async () => {
    const chain = await start();
    const match = { pathPattern: 'recordings$' };
    const document = waysThrough(ANNA)['its recordings'] ?? '';
    chain.emulator.fail({ kind: 'wrongType', member: 'meetingOrganizer', value: null, match, times: 2 });
    expect(await errorsOf(chain, document, { objectId: ANNA })).toEqual([DENIED]);
    expect(await errorsOf(chain, document, { objectId: ANNA, roles: [ROLE] })).toEqual([]);
  });
});

it('On behalf of an attendee, the gateway returns what Graph shows them', async () => {
  const chain = await start({ GRAPH_ON_BEHALF_OF: 'true' });
  const { 'the meeting': meeting = '', 'its recordings': recordings = '' } = waysThrough(BEN);
  expect(await errorsOf(chain, meeting, { objectId: BEN })).toEqual([]);
  expect(await errorsOf(chain, recordings, { objectId: BEN })).toEqual([]);
});
