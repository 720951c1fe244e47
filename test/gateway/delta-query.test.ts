import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { openGraphAccess } from '../../src/graph-access.ts';
import { repeat } from '../support/document.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';
import { ASK, readDelta } from '../support/live.ts';
import type { ReadDelta } from '../support/live.ts';

interface Setting {
  readonly gateway: TestGateway;
  readonly organizer: string;
  /** Adds so many recordings and gives their ids. */
  readonly record: (count?: number) => string[];
  readonly ask: (variables?: Record<string, unknown>) => Promise<ReadDelta>;
  /** Every id that the organizer has, in the order in which they became available. */
  readonly all: () => string[];
  /** The requests to Graph since the last call, each shortened to its kind of round. */
  readonly asked: () => string[];
}

async function start(options: TestGatewayOptions = {}): Promise<Setting> {
  const gateway = await startGateway({ tenant: { users: 1, meetings: 2, recordings: 3 }, ...options });
  const { emulator } = gateway;
  const organizer = emulator.tenant.users[0]?.id ?? '';
  return {
    gateway,
    organizer,
    record: (count = 1) => Array.from({ length: count }, () => emulator.addRecording().id),
    ask: async (variables = {}) => readDelta(await gateway.query(ASK, { organizer, ...variables })),
    all: () => emulator.tenant.recordings.map(({ id }) => id),
    asked() {
      const requests = gateway.requests().map((line) => line.replace(/^.*\/delta/, 'delta').replace(/=[^&]+/, ''));
      emulator.clearRequests();
      return requests;
    },
  };
}

/** The statuses with which Graph no longer knows a delta token, and how it comes to that. */
const FORGET: readonly [number, (emulator: Emulator) => void][] = [
  [410, (emulator) => emulator.expireDeltaTokens()],
  [400, (emulator) => emulator.fail({ kind: 'status', status: 400, times: Infinity, match: { query: 'oken=' } })],
];

const BEGIN = 'delta';
const GO_ON = expect.stringMatching(/^delta\?(\$deltatoken|\$skiptoken|skipToken)$/);

describe('A delta query', () => {
  it('returns all recordings without a token, and only newer ones with a token', async () => {
    const { ask, all, record } = await start();
    const first = await ask();
    expect(first).toMatchObject({ ids: all(), behind: false, resync: false, hasMore: false });
    expect((await ask({ since: first.token })).ids).toEqual([]);
    const added = record(2);
    const second = await ask({ since: first.token });
    expect(second.ids).toEqual(added);
    expect((await ask({ since: second.token })).ids).toEqual([]);
    expect((await ask({ since: first.token })).ids).toEqual(added);
  });

  it('sends one request for a single page, from the end of the round before', async () => {
    const { ask, asked, record } = await start();
    const { token } = await ask();
    expect(asked()).toEqual([BEGIN]);
    record();
    await ask({ since: token });
    expect(asked()).toEqual([GO_ON]);
  });

  it('follows every page, including empty ones', async () => {
    const { ask, all, asked, gateway } = await start({ settings: { pageSize: 1 } });
    gateway.emulator.fail({ kind: 'emptyPage' });
    expect((await ask()).ids).toEqual(all());
    expect(asked()).toEqual([BEGIN, expect.stringMatching(/^delta\?again/), GO_ON, GO_ON]);
  });

  it('resolves other fields of its recordings, in one batch', async () => {
    const { gateway, organizer } = await start({ tenant: { users: 1, meetings: 1, recordings: 1 } });
    const document = `query ($organizer: ID!) { callRecordingDelta(meetingOrganizerId: $organizer) {
      added { meetingOrganizerId meeting { subject } meetingOrganizer { user { displayName } } }
    } }`;
    const [user] = gateway.emulator.tenant.users;
    expect(await gateway.query(document, { organizer })).toEqual({
      data: {
        callRecordingDelta: {
          added: [
            {
              meetingOrganizerId: organizer,
              meeting: { subject: gateway.emulator.tenant.meetings[0]?.subject },
              meetingOrganizer: { user: { displayName: user?.displayName } },
            },
          ],
        },
      },
    });
    expect(gateway.requests()).toEqual([expect.stringContaining('/delta'), 'POST /v1.0/$batch of 2']);
  });

  it('that begins now returns only later recordings', async () => {
    const { ask, record } = await start();
    const now = await ask({ since: 'now' });
    expect(now.ids).toEqual([]);
    const added = record();
    expect((await ask({ since: now.token })).ids).toEqual(added);
  });

  it('returns at most 200 recordings per answer', async () => {
    const { ask, all } = await start({ tenant: { users: 1, meetings: 3, recordings: 450 } });
    const first = await ask();
    const second = await ask({ since: first.token });
    const third = await ask({ since: second.token });
    expect([first.hasMore, second.hasMore, third.hasMore]).toEqual([true, true, false]);
    expect(first.ids).toHaveLength(200);
    expect([...first.ids, ...second.ids, ...third.ids]).toEqual(all());
  });

  it('shares one round, and one more for all fields that come too late for it', async () => {
    const { gateway, organizer, all } = await start();
    const fields = repeat(
      20,
      (index) => `of${index}: callRecordingDelta(meetingOrganizerId: "${organizer}") { added { id } }`,
    );
    const { data } = await gateway.query(`{ ${fields} }`);
    const added = all().map((id) => ({ id }));
    expect(Object.values(Object(data))).toEqual(Array.from({ length: 20 }, () => ({ added })));
    expect(gateway.requests()).toHaveLength(2);
  });
});

describe('A returned recording', () => {
  it('is not returned again when Graph repeats it', async () => {
    const { ask, record } = await start({ settings: { replayedRecordings: 3 } });
    const { token } = await ask();
    const added = record();
    expect((await ask({ since: token })).ids).toEqual(added);
  });

  it.each(FORGET)('is not returned again when Graph answers the delta token with %i', async (_, forget) => {
    const { ask, asked, gateway, record } = await start();
    const { token } = await ask();
    const added = record();
    forget(gateway.emulator);
    asked();
    expect(await ask({ since: token })).toMatchObject({ ids: added, resync: false });
    expect(asked()).toEqual([GO_ON, BEGIN]);
  });

  it.each([0, 2])('is not returned again by a gateway that knows only the keys (%d repeated)', async (replayed) => {
    const before = await start({ settings: { replayedRecordings: replayed }, config: { sealingKeys: KEYS } });
    const { token } = await before.ask();
    const added = before.record(2);
    const after = await forgetful(before);
    expect(await after({ since: token })).toMatchObject({ ids: added, resync: false });
  });
});

const KEYS = [Buffer.alloc(32, 7)] as const;

/** The `ask` of another gateway over the same Graph, which shares only the keys. */
async function forgetful({ gateway, organizer }: Setting): Promise<Setting['ask']> {
  const other = await startGateway({
    tenant: { users: 0, meetings: 0, recordings: 0 },
    config: { sealingKeys: KEYS },
    graph: openGraphAccess(gateway.emulator.url, 'an-opaque-token', 'the same emulator'),
  });
  return async (variables = {}) => readDelta(await other.query(ASK, { organizer, ...variables }));
}

describe('A token', () => {
  it.each(FORGET)('that no gateway knows, nor Graph (%i), requires a resync, and works with one', async (_, forget) => {
    const before = await start({ config: { sealingKeys: KEYS } });
    const { token } = await before.ask();
    before.record();
    forget(before.gateway.emulator);
    const after = await forgetful(before);
    await expect(after({ since: token })).rejects.toThrow('RESYNC_REQUIRED');
    expect(await after({ since: token, resync: true })).toMatchObject({ ids: before.all(), resync: true });
  });

  it('of another organizer is refused without a request to Graph', async () => {
    const { gateway, ask } = await start({ tenant: { users: 2, meetings: 2, recordings: 2 } });
    const { token } = await ask();
    const other = gateway.emulator.tenant.users[1]?.id ?? '';
    gateway.emulator.clearRequests();
    expect(await gateway.query(ASK, { organizer: other, since: token })).toMatchObject({
      data: null,
      errors: [{ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('"since"') }],
    });
    expect(gateway.requests()).toEqual([]);
  });

  it.each(['nonsense', '', 'https://graph.elsewhere.example/v1.0/users/x/delta', 'NOW'])(
    'that was made up, %j, is refused without a request to Graph',
    async (since) => {
      const { gateway, organizer } = await start();
      expect(await gateway.query(ASK, { organizer, since })).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      });
      expect(gateway.requests()).toEqual([]);
    },
  );

  it('is valid for the organizer id in another letter case', async () => {
    const { ask, organizer, record } = await start();
    const { token } = await ask({ organizer: organizer.toUpperCase() });
    const added = record();
    expect((await ask({ organizer, since: token })).ids).toEqual(added);
  });

  it('has about the same size however many recordings it stands for', async () => {
    const few = await (await start()).ask({ since: 'now' });
    const many = await (await start({ tenant: { users: 1, meetings: 1, recordings: 2_000 } })).ask({ since: 'now' });
    expect(Math.abs(many.token.length - few.token.length)).toBeLessThan(20);
    expect(many.token.length).toBeLessThan(700);
  });
});

describe('A round that fails', () => {
  it('is an error, and loses nothing: the next one continues after the last page read', async () => {
    const { ask, all, asked, gateway, organizer } = await start({ settings: { pageSize: 1 } });
    gateway.emulator.fail({ kind: 'status', status: 403, match: { query: 'oken=' } });
    expect(await gateway.query(ASK, { organizer })).toMatchObject({
      data: null,
      errors: [{ path: ['callRecordingDelta'], extensions: { code: 'FORBIDDEN', graphStatus: 403 } }],
    });
    expect(asked()).toEqual([BEGIN, GO_ON]);
    expect((await ask()).ids).toEqual(all());
    // To the end of that round, and one more for what came since it began.
    expect(asked()).toEqual([GO_ON, GO_ON, GO_ON]);
  });

  it.each(['reset', 'cut'] as const)('on a connection broken by %s is retried automatically', async (kind) => {
    const { ask, all, gateway } = await start();
    gateway.emulator.fail({ kind });
    expect((await ask()).ids).toEqual(all());
  });
});
