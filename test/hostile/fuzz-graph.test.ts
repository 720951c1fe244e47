import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { openGraphAccess } from '../../src/graph-access.ts';
import { GraphError } from '../../src/msgraph/error.ts';
import { partReplies } from '../../src/msgraph/exchange/batch.ts';
import { startGateway } from '../support/gateway.ts';
import { mutateText, mutateValue } from '../support/mutation.ts';
import { createDraw } from '../support/random-operation.ts';
import type { Draw } from '../support/random-operation.ts';
import { startServer } from '../support/server.ts';

/** The operations of both seeds. */
const ROUNDS = 250;

const EVERYTHING = `query ($organizer: ID!, $meeting: ID!, $recording: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 3) {
    edges { cursor }
    nodes { id createdDateTime meetingOrganizer { user { displayName } } meeting { subject participants { organizer { upn } attendees { identity { user { id } } } } } }
  }
  callRecording(meetingOrganizerId: $organizer, meetingId: $meeting, id: $recording) { id callId endDateTime content { url } }
  onlineMeeting(organizerId: $organizer, id: $meeting) { subject allowedPresenters chatInfo { threadId } recordings { nodes { id } } }
  callRecordingDelta(meetingOrganizerId: $organizer) { added { id } token }
  user(id: $organizer) { displayName }
}`;

/** A reply with a wrong value, or now and then with wrong text. */
function tamper(draw: Draw, reply: string): string {
  if (reply === '' || draw.below(4) === 0) return mutateText(draw, reply);
  return JSON.stringify(mutateValue(draw, JSON.parse(reply)));
}

describe('A damaged reply of Graph', () => {
  it.each([1, 2])('causes only foreseen errors, UPSTREAM_ERROR among them (seed %i)', async (seed) => {
    const draw = createDraw(seed);
    const emulator = await createEmulator({ tenant: { users: 1, meetings: 2, recordings: 4 } });
    onTestFinished(() => emulator.close());
    let url = '';
    // Graph behind a damaging relay.
    const relay = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
      const { method = 'GET', headers } = incoming;
      const { authorization = '', 'content-type': type = 'application/json' } = headers;
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: await text(incoming) };
      const response = await fetch(`${emulator.url}${incoming.url}`, {
        method,
        headers: { authorization, 'content-type': type },
        ...body,
      });
      const reply = (await response.text()).replaceAll(emulator.url, url);
      outgoing.writeHead(response.status, { 'content-type': 'application/json' });
      outgoing.end(draw.below(2) === 0 ? reply : tamper(draw, reply));
    };
    url = await startServer((incoming, outgoing) => void relay(incoming, outgoing));
    const gateway = await startGateway({ emulator, graph: openGraphAccess(url, 'an-opaque-token', 'a Graph') });
    const [recording] = emulator.tenant.recordingsOfOrganizer(emulator.tenant.users[0]?.id ?? '');
    const variables = {
      organizer: recording?.organizerId,
      meeting: recording?.meetingId,
      recording: recording?.id,
    };
    const seen = new Set<unknown>();
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      // In sequence, so that the same seed draws the same.
      const { errors = [] } = await gateway.query(EVERYTHING, variables);
      for (const { extensions } of errors) seen.add(extensions?.['code']);
    }
    const unexpected = gateway
      .logged()
      .split('\n')
      .filter((line) => line.includes('unexpected error'));
    expect(unexpected).toEqual([]);
    expect(seen).toContain('UPSTREAM_ERROR');
    expect(seen).not.toContain('INTERNAL_SERVER_ERROR');
  });
});

const UNREADABLE = {
  reason: 'malformed',
  message: 'The batch response of Microsoft Graph has headers for GET /users/a that are not an object.',
};

describe('A part of a batch', () => {
  it.each([
    ['a text', 'Retry-After: 2', UNREADABLE],
    ['a list', [{ name: 'Retry-After', value: '2' }], UNREADABLE],
    ['a number', 2, UNREADABLE],
    ['nothing', null, undefined],
    ['missing', undefined, undefined],
  ])('whose headers are %s is malformed unless there are none, and affects no other', (_, headers, error) => {
    const parts = ['/users/a', '/users/b'].map((path) => ({ path, clientRequestId: 'c' }));
    const responses = [
      { id: '0', status: 429, headers, body: {} },
      { id: '1', status: 200, headers: {}, body: {} },
    ];
    const [first, second] = partReplies({ responses }, parts);
    expect(first).toMatchObject(error ?? { status: 429 });
    expect(first instanceof GraphError).toBe(error !== undefined);
    expect(second).toMatchObject({ status: 200, body: {} });
  });

  it('whose id or header cannot be made a string affects no other', () => {
    const never = { toString: null, valueOf: null };
    const parts = ['/users/a', '/users/b'].map((path) => ({ path, clientRequestId: 'c' }));
    const [first, second] = partReplies(
      {
        responses: [
          { id: never, status: 200 },
          { id: '0', status: 200, headers: { 'retry-after': never, 'request-id': 'r' }, body: {} },
        ],
      },
      parts,
    );
    expect(first).toMatchObject({ status: 200, body: {} });
    expect(first instanceof GraphError ? null : first?.header('request-id')).toBe('r');
    expect(second).toBeInstanceOf(GraphError);
  });
});
