/** A cached answer gives each caller exactly the result that an uncached one would. */
import { describe, expect, it } from 'vitest';
import { startChain } from '../support/chain.ts';
import type { Chain } from '../support/chain.ts';
import type { TokenWish } from '../support/entra-token-issuer.ts';
import type { GraphQLResponse } from '../support/gateway.ts';

const ROLE = 'Recordings.Read.All';
const ANNA = '1b0f6a44-93c1-4f0e-8c0d-7a5f3e2d1c01';
const BEN = '2c1e7b55-a4d2-4a1f-9d1e-8b6a4f3e2d02';

/** The whole chain with a cache TTL of one minute. Two users organize one meeting each, without attendees. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Chain> {
  const chain = await startChain({ CACHE_TTL_MS: '60000', ...env });
  for (const [index, id] of [ANNA, BEN].entries()) {
    chain.emulator.addUser({ id, displayName: `Person ${index}` });
    chain.emulator.addMeeting({
      id: `meeting-${index}`,
      organizerId: id,
      subject: `Subject ${index}`,
      joinWebUrl: `https://join.example/${index}`,
      joinMeetingId: `${index}`,
      videoTeleconferenceId: `${index}`,
      attendeeIds: [],
    });
  }
  return chain;
}

/** Every query whose answer is cached. `ORG` stands for the organizer's id, `N` for the number of their meeting. */
const OPERATIONS = {
  'a meeting': '{ it: onlineMeeting(organizerId: "ORG", id: "meeting-N") { subject } }',
  'a meeting by its link':
    '{ it: onlineMeetingByJoinWebUrl(organizerId: "ORG", joinWebUrl: "https://join.example/N") { subject } }',
  'a meeting by its number': '{ it: onlineMeetingByJoinMeetingId(organizerId: "ORG", joinMeetingId: "N") { subject } }',
  'a meeting as an entity':
    '{ it: _entities(representations: [{ __typename: "OnlineMeeting", organizerId: "ORG", id: "meeting-N" }]) { ... on OnlineMeeting { subject } } }',
  'a meeting of a user': '{ it: user(id: "ORG") { onlineMeeting(id: "meeting-N") { subject } } }',
  'the name of a user': '{ it: user(id: "ORG") { displayName } }',
};

const annas = (document: string): string => document.replaceAll('ORG', ANNA).replaceAll('N"', '0"');
const bens = (document: string): string => document.replaceAll('ORG', BEN).replaceAll('N"', '1"');

/** The result of a query, and the identities that Graph was queried as. */
async function outcomeOf({ ask, emulator }: Chain, document: string, wish: TokenWish): Promise<object> {
  emulator.clearRequests();
  const { data, errors }: GraphQLResponse = await ask(document, wish);
  const codes = errors?.map(({ message, extensions }) => [message, extensions?.['code']]) ?? [];
  return { data, codes, as: emulator.requests.map(({ headers }) => headers.authorization) };
}

const ANYTHING: TokenWish = { kind: 'user', objectId: BEN, roles: [ROLE] };

const SEEN = { codes: [], as: ['application'] };
const DENIED = { codes: [[expect.any(String), 'FORBIDDEN']], as: [] };

const CALLERS: readonly (readonly [string, TokenWish, boolean])[] = [
  ['a user, of their own', { kind: 'user', objectId: ANNA }, true],
  ["a user, of somebody else's", { kind: 'user', objectId: BEN }, false],
  ['a user with the role of the tenant', ANYTHING, true],
  ['a user with another role', { kind: 'user', objectId: BEN, roles: ['Something.Else'] }, false],
  ['an application without the role', { kind: 'application', roles: [] }, false],
  ['an application with the role of the tenant', { kind: 'application', roles: [ROLE] }, true],
];

describe('With requests to Graph as the application', () => {
  it.each(CALLERS)('%s gets the same result with and without the cache', async (_, wish, isAllowed) => {
    const [without, keeping] = [await start({ CACHE_TTL_MS: '0' }), await start()];
    for (const document of Object.values(OPERATIONS).map(annas)) {
      await keeping.ask(document, ANYTHING);
      const expected = await outcomeOf(without, document, wish);
      expect(expected).toMatchObject(isAllowed ? SEEN : DENIED);
      expect(await outcomeOf(keeping, document, wish)).toEqual({ ...expected, as: [] });
    }
  });

  it('a meeting by its video teleconference id needs the role of the tenant, cached or not', async () => {
    const chain = await start();
    const document = '{ it: onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId: "0") { subject } }';
    const denied = await outcomeOf(chain, document, { objectId: ANNA });
    expect(denied).toMatchObject(DENIED);
    expect(await outcomeOf(chain, document, ANYTHING)).toMatchObject(SEEN);
    expect(await outcomeOf(chain, document, ANYTHING)).toMatchObject({ codes: [], as: [] });
    expect(await outcomeOf(chain, document, { objectId: ANNA })).toEqual(denied);
  });

  it('a caller without access cannot tell a cached meeting from one that does not exist', async () => {
    const chain = await start();
    await chain.ask(annas(OPERATIONS['a meeting']), ANYTHING);
    const nobodys = OPERATIONS['a meeting'].replace('ORG', '00000000-0000-4000-8000-000000000000');
    expect(await outcomeOf(chain, annas(OPERATIONS['a meeting']), { objectId: BEN })).toEqual(
      await outcomeOf(chain, nobodys, { objectId: BEN }),
    );
  });
});

const DELEGATED = { GRAPH_ON_BEHALF_OF: 'true' };
const REFUSED = { codes: [[expect.stringContaining('3003'), 'FORBIDDEN']], as: ['delegated'] };

describe('With requests to Graph on behalf of the caller', () => {
  const meeting = OPERATIONS['a meeting'];

  it('a cache entry serves only the user it was fetched for', async () => {
    const chain = await start(DELEGATED);
    const [anna, ben] = await Promise.all([ANNA, BEN].map((objectId) => chain.entra.issue({ objectId })));
    for (const document of [annas(meeting), bens(meeting)])
      for (const token of [anna, ben, anna, ben]) await chain.askWith(document, token ?? '', crypto.randomUUID());
    const asked = chain.emulator.requests.map(({ url, headers }) => [url.split('/').at(-1), headers.authorization]);
    // Graph admits each organizer once; their second read is a cache hit. It refuses the other user each time.
    expect(asked).toEqual(
      ['meeting-0', 'meeting-1'].flatMap((id) => Array.from({ length: 3 }, () => [id, 'delegated'])),
    );
  });

  it("a user who is not the organizer is refused by Graph, although the organizer's answer is cached", async () => {
    const [without, keeping] = [await start({ ...DELEGATED, CACHE_TTL_MS: '0' }), await start(DELEGATED)];
    for (const document of Object.values(OPERATIONS).map(annas)) {
      expect(await outcomeOf(keeping, document, { objectId: ANNA })).toMatchObject({ codes: [] });
      const expected = await outcomeOf(without, document, { objectId: BEN });
      expect(expected).toMatchObject({ as: ['delegated'] });
      expect(JSON.stringify(expected)).not.toContain('Subject');
      expect(await outcomeOf(keeping, document, { objectId: BEN })).toEqual(expected);
    }
  });

  it('an answer cached for the application is not given to a user', async () => {
    const chain = await start({ ...DELEGATED, ON_BEHALF_OF_APPLICATION: 'true' });
    const application: TokenWish = { kind: 'application', roles: [ROLE] };
    expect(await outcomeOf(chain, annas(meeting), application)).toMatchObject(SEEN);
    expect(await outcomeOf(chain, annas(meeting), application)).toMatchObject({ codes: [], as: [] });
    expect(await outcomeOf(chain, annas(meeting), { objectId: BEN })).toMatchObject(REFUSED);
  });

  it('a cache entry belongs to one token, so a new token of the same user makes Graph decide again', async () => {
    const chain = await start(DELEGATED);
    const issue = (expiresInSeconds: number): Promise<string> =>
      chain.entra.issue({ objectId: ANNA, expiresInSeconds });
    const tokens = [await issue(3_000), await issue(3_001)];
    for (const token of [...tokens, ...tokens]) await chain.askWith(annas(meeting), token, crypto.randomUUID());
    expect(chain.emulator.requests).toHaveLength(2);
  });
});
