/** The `Cache-Control` header of the answer to a GET: https://www.rfc-editor.org/rfc/rfc9111 */
import { describe, expect, it } from 'vitest';
import { startChain } from '../support/chain.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';

const MEETING = '{ onlineMeeting(organizerId: "person", id: "meeting") { subject } }';
const NAME = '{ user(id: "person") { displayName } }';
const together = (...documents: readonly string[]): string =>
  `{ ${documents.map((document, index) => `field${index}: ${document.slice(1, -1)}`).join(' ')} }`;

interface Setting {
  readonly gateway: TestGateway;
  readonly clock: DrivenClock;
}

async function start(options: TestGatewayOptions = {}, cacheTtlMs: number | null = 60_000): Promise<Setting> {
  const clock = createDrivenClock();
  const tenant = { users: 0, meetings: 0, recordings: 0 };
  const gateway = await startGateway({ tenant, clock, ...options, config: { cacheTtlMs, ...options.config } });
  gateway.emulator.addUser({ id: 'person', displayName: 'Person' });
  gateway.emulator.addMeeting({ id: 'meeting', organizerId: 'person', subject: 'Subject' });
  gateway.emulator.addRecording({ id: 'recording', meetingId: 'meeting' });
  return { gateway, clock };
}

/** Requests a document by GET, and gives the caching headers. */
async function said(
  { url }: Pick<TestGateway, 'url'>,
  document: string,
  headers: Record<string, string> = {},
): Promise<{ readonly control: string | null; readonly vary: string | null }> {
  const response = await fetch(`${url}/graphql?query=${encodeURIComponent(document)}`, { headers });
  await response.text();
  return { control: response.headers.get('cache-control'), vary: response.headers.get('vary') };
}

const KEPT = { control: 'private, max-age=60', vary: 'accept, authorization' };
const NOT_KEPT = { control: 'no-store', vary: null };

const MAY_BE_KEPT = { 'a meeting': MEETING, 'a user': NAME, both: together(MEETING, NAME) };

const MAY_NOT_BE_KEPT = {
  'a recording': '{ callRecording(meetingOrganizerId: "person", meetingId: "meeting", id: "recording") { id } }',
  'all recordings': '{ callRecordings(meetingOrganizerId: "person") { nodes { id } } }',
  'the recordings of a meeting':
    '{ onlineMeeting(organizerId: "person", id: "meeting") { recordings { nodes { id } } } }',
  'a link to content':
    '{ callRecording(meetingOrganizerId: "person", meetingId: "meeting", id: "recording") { content { url } } }',
  'what was added': '{ callRecordingDelta(meetingOrganizerId: "person") { token } }',
  'a recording as an entity':
    '{ _entities(representations: [{ __typename: "CallRecording", meetingOrganizerId: "person", meetingId: "meeting", id: "recording" }]) { __typename } }',
  'what is not there': '{ onlineMeeting(organizerId: "person", id: "nothing") { subject } }',
  'somebody who is not there': '{ user(id: "nobody") { displayName } }',
  'a link that leads nowhere':
    '{ onlineMeetingByJoinWebUrl(organizerId: "person", joinWebUrl: "https://join.example/9") { subject } }',
};

describe.each([
  ['by Apollo Server', 1_000],
  ['by its plan', 1],
])('The answer to an operation executed %s', (_, plannedAfter) => {
  it.each(Object.entries(MAY_BE_KEPT))('has the remaining TTL as its max-age for %s', async (_name, document) => {
    const { gateway, clock } = await start({ plannedAfter });
    expect(await said(gateway, document)).toEqual(KEPT);
    clock.advance(20_500);
    expect(await said(gateway, document)).toEqual({ ...KEPT, control: 'private, max-age=39' });
    clock.advance(39_000);
    // Less than a whole second is left.
    expect(await said(gateway, document)).toEqual(NOT_KEPT);
    clock.advance(500);
    expect(await said(gateway, document)).toEqual(KEPT);
  });

  it.each(Object.entries(MAY_NOT_BE_KEPT))(
    'is not cacheable if it was for %s, alone or with a meeting',
    async (_name, document) => {
      const { gateway } = await start({ plannedAfter });
      expect(await said(gateway, document)).toEqual(NOT_KEPT);
      expect(await said(gateway, together(MEETING, document))).toEqual(NOT_KEPT);
    },
  );

  it('is not cacheable if it needs nothing from Graph', async () => {
    const { gateway } = await start({ plannedAfter });
    for (const document of ['{ __typename }', '{ user(id: "person") { id } }'])
      expect(await said(gateway, document)).toEqual(NOT_KEPT);
  });

  it('is cacheable no longer than the part that expires first', async () => {
    const { gateway, clock } = await start({ plannedAfter });
    await said(gateway, MEETING);
    clock.advance(50_000);
    expect(await said(gateway, together(NAME, MEETING))).toEqual({ ...KEPT, control: 'private, max-age=10' });
  });

  it('is not cacheable if it was requested by POST or has errors', async () => {
    const { gateway } = await start({ plannedAfter });
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: MEETING }),
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
    gateway.emulator.fail({ kind: 'status', status: 403 });
    const failing = together(MEETING, '{ onlineMeeting(organizerId: "person", id: "other") { subject } }');
    expect(await said(gateway, failing)).toEqual(NOT_KEPT);
    expect(await said(gateway, '{ nothing }')).toMatchObject({ control: 'no-store' });
  });

  it('is not cacheable if the cache is off', async () => {
    const { gateway } = await start({ plannedAfter }, null);
    for (const document of Object.values(MAY_BE_KEPT)) expect(await said(gateway, document)).toEqual(NOT_KEPT);
  });
});

it('An answer with a trace for a router is not cacheable', async () => {
  const { gateway } = await start();
  expect(await said(gateway, MEETING, { 'apollo-federation-include-trace': 'ftv1' })).toEqual(NOT_KEPT);
});

it('An answer to a page of an allowed origin is cacheable, and varies by Origin', async () => {
  const { gateway } = await start({ config: { corsOrigins: ['https://a.example'] } });
  const { control, vary } = await said(gateway, MEETING, { origin: 'https://a.example' });
  expect([control, vary?.toLowerCase()]).toEqual(['private, max-age=60', 'origin, accept, authorization']);
});

it('An answer is cacheable no longer than the token of its caller is valid', async () => {
  const clock = createDrivenClock();
  const { url, entra, emulator } = await startChain({ CACHE_TTL_MS: '60000' }, { clock });
  emulator.addUser({ id: entra.userId, displayName: 'Somebody' });
  const document = `{ user(id: "${entra.userId}") { displayName } }`;
  const authorization = async (expiresInSeconds: number): Promise<Record<string, string>> => ({
    authorization: `Bearer ${await entra.issue({ objectId: entra.userId, expiresInSeconds })}`,
  });
  expect(await said({ url }, document, await authorization(3_600))).toEqual(KEPT);
  expect(await said({ url }, document, await authorization(20))).toEqual({ ...KEPT, control: 'private, max-age=20' });
});
