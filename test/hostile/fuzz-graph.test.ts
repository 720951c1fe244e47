import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { partReplies } from '../../src/msgraph/batch.ts';
import { GraphError } from '../../src/msgraph/error.ts';
import { openGraphAccess } from '../../src/upstream.ts';
import { startGateway } from '../support/gateway.ts';
import { mutateText, mutateValue } from '../support/mutation.ts';
import { createDraw } from '../support/random-operation.ts';
import type { Draw } from '../support/random-operation.ts';
import { startServer } from '../support/server.ts';

/** So many replies are tampered with. */
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

/** A reply in which something is wrong: a value, or now and then the text itself. */
function tamper(draw: Draw, reply: string): string {
  if (reply === '' || draw.below(4) === 0) return mutateText(draw, reply);
  return JSON.stringify(mutateValue(draw, JSON.parse(reply)));
}

describe('Whatever Graph replies', () => {
  it.each([1, 2])('is answered with what is right of it, and with errors that are foreseen (seed %i)', async (seed) => {
    const draw = createDraw(seed);
    const emulator = await createEmulator({ tenant: { users: 1, meetings: 2, recordings: 4 } });
    onTestFinished(() => emulator.close());
    let url = '';
    // Graph, with somebody in between.
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
      // One after the other, so that the same seed draws the same.
      const { errors = [] } = await gateway.query(EVERYTHING, variables);
      for (const { extensions } of errors) seen.add(extensions?.['code']);
    }
    const unforeseen = gateway
      .logged()
      .split('\n')
      .filter((line) => line.includes('unforeseen'));
    expect(unforeseen).toEqual([]);
    expect(seen).toContain('UPSTREAM_ERROR');
    expect(seen).not.toContain('INTERNAL_SERVER_ERROR');
  });
});

const UNREADABLE = {
  reason: 'malformed',
  message:
    "Microsoft Graph's batch reply has headers for GET /users/a that are no object, so that nobody can read them.",
};

describe('A part of a batch', () => {
  it.each([
    ['a text', 'Retry-After: 2', UNREADABLE],
    ['a list', [{ name: 'Retry-After', value: '2' }], UNREADABLE],
    ['a number', 2, UNREADABLE],
    ['nothing', null, undefined],
    ['missing', undefined, undefined],
  ])('whose headers are %s is malformed unless there are none, and spoils no other', (_, headers, error) => {
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

  it('whose id or header can be made no text spoils no other', () => {
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
