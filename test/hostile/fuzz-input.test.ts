import { describe, expect, it } from 'vitest';
import { at, startGateway } from '../support/gateway.ts';
import { drawText, mutateText, mutateValue } from '../support/mutation.ts';
import { item, startDoor } from '../support/notifications-door.ts';
import { createDraw } from '../support/random-operation.ts';

const PAGE = `query ($organizer: ID!, $after: String) {
  callRecordings(meetingOrganizerId: $organizer, first: 1, after: $after) { pageInfo { endCursor } nodes { id } }
}`;
const DELTA = `query ($organizer: ID!, $since: String) {
  callRecordingDelta(meetingOrganizerId: $organizer, since: $since) { token }
}`;
const RECORDING = `query ($organizer: ID!, $meeting: ID!, $id: ID!) {
  callRecording(meetingOrganizerId: $organizer, meetingId: $meeting, id: $id) { id }
  onlineMeeting(organizerId: $organizer, id: $meeting) { id }
}`;

describe('A random id', () => {
  it.each([1, 2])('reaches Graph unchanged in its path segment, or is refused (seed %i)', async (seed) => {
    const draw = createDraw(seed);
    const gateway = await startGateway({ logLevel: 'silent' });
    for (let round = 0; round < 120; round += 1) {
      const [organizer, meeting, id] = [drawText(draw, 12), drawText(draw, 12), drawText(draw, 12)];
      const before = gateway.paths().length;
      const { data, errors = [] } = await gateway.query(RECORDING, { organizer, meeting, id });
      const codes = errors.map(({ extensions }) => extensions?.['code']);
      expect(codes.filter((code) => code !== 'BAD_USER_INPUT')).toEqual([]);
      const paths = gateway.paths().slice(before);
      expect(paths).toHaveLength(2 - codes.length);
      for (const path of paths) {
        expect(path).toMatch(/^\/users\/[^/]+\/onlineMeetings\/[^/]+(\/recordings\/[^/]+)?$/);
        const [, , user, , found] = path.split('?', 1)[0]?.split('/') ?? [];
        expect([user, found].map((segment) => decodeURIComponent(segment ?? ''))).toEqual([organizer, meeting]);
      }
      expect(at(data, 'onlineMeeting')).toBeNull();
    }
  });
});

describe('A sealed text that was changed', () => {
  it.each([
    ['a cursor', PAGE, 'after', 'callRecordings.pageInfo.endCursor'],
    ['a token', DELTA, 'since', 'callRecordingDelta.token'],
  ] as const)('is refused: %s', async (_, document, name, place) => {
    const draw = createDraw(3);
    const gateway = await startGateway({ logLevel: 'silent' });
    const organizer = gateway.emulator.tenant.users[0]?.id;
    const sealed = String(at((await gateway.query(document, { organizer })).data, place));
    expect(at(await gateway.query(document, { organizer, [name]: sealed }), 'errors')).toBeUndefined();
    const before = gateway.requests().length;
    for (let round = 0; round < 200; round += 1) {
      const changed = draw.below(4) === 0 ? drawText(draw, 200) : mutateText(draw, sealed);
      // An unchanged text and `now` are valid.
      if (changed === sealed || (changed === 'now' && name === 'since')) continue;
      const { errors = [] } = await gateway.query(document, { organizer, [name]: changed });
      expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
    }
    expect(gateway.requests()).toHaveLength(before);
  });
});

describe('A randomly changed notification', () => {
  it('is answered with 202, wakes only known organizers, and logs no error', async () => {
    const draw = createDraw(4);
    const door = await startDoor();
    const genuine = JSON.stringify({ value: [item(), item({ lifecycleEvent: 'missed' })], validationTokens: ['a'] });
    for (let round = 0; round < 300; round += 1) {
      const body =
        draw.below(2) === 0 ? mutateText(draw, genuine) : JSON.stringify(mutateValue(draw, JSON.parse(genuine)));
      expect((await door.post(body)).status).toBe(202);
    }
    expect((await door.post(genuine)).status).toBe(202);
    await expect.poll(() => door.wakeUps.length).toBeGreaterThan(1);
    expect(
      door.wakeUps.filter(
        (wakeUp) => !/^(ada|ben): (created|missed|reauthorizationRequired|subscriptionRemoved)$/.test(wakeUp),
      ),
    ).toEqual([]);
    expect(door.log.lines().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
