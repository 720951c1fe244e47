import { describe, expect, it } from 'vitest';
import type { SlotSettings } from '../../src/config.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { LISTEN, listen } from '../support/live.ts';
import type { Door, Listening } from '../support/live.ts';

interface Guarded {
  readonly gateway: TestGateway;
  readonly entra: Entra;
  readonly clock: DrivenClock;
  readonly listen: (door: Door, organizerId: string, authorization?: string) => Listening;
  readonly ask: (door: Door, document: string, authorization: string) => Listening;
}

/** A gateway that authenticates callers, over a tenant with two organizers. */
async function startGuarded(listeners?: SlotSettings): Promise<Guarded> {
  const entra = await startEntra();
  const clock = createDrivenClock(Date.now());
  const { authority, clientId, tenantId } = entra;
  const gateway = await startGateway({
    clock,
    tenant: { users: 0, meetings: 0, recordings: 0 },
    config: {
      callers: { authority, tenantIds: [tenantId], audiences: [clientId] },
      graphCertificateAuthority: entra.certificateAuthority,
      ...(listeners === undefined ? {} : { listeners }),
    },
  });
  for (const id of [entra.userId, OTHER]) {
    gateway.emulator.addUser({ id });
    gateway.emulator.addMeeting({ id: `meeting of ${id}`, organizerId: id });
    gateway.emulator.addRecording({ id: `recording of ${id}`, meetingId: `meeting of ${id}` });
  }
  return {
    gateway,
    entra,
    clock,
    ask: (door, document, authorization) => listen(document, { door, url: gateway.url, authorization }),
    listen: (door, organizer, authorization) =>
      listen(LISTEN, {
        door,
        url: gateway.url,
        variables: { organizer },
        ...(authorization === undefined ? {} : { authorization }),
      }),
  };
}

const OTHER = '7d1c1f52-6a09-4c55-8f0e-31b9a5c0d2aa';

describe.each<Door>(['events', 'websocket'])('A subscriber over %s', (door) => {
  it('receives its own recordings', async () => {
    const { entra, listen: begin } = await startGuarded();
    const { data } = await begin(door, entra.userId, `Bearer ${await entra.issue()}`).next();
    expect(data).toMatchObject({ callRecordingDelta: { added: [{ id: `recording of ${entra.userId}` }] } });
  });

  it.each([OTHER, 'nobody'])(
    'receives the same error for another or an unknown organizer (%s), without a request to Graph',
    async (organizer) => {
      const { entra, gateway, listen: begin } = await startGuarded();
      const [event] = await begin(door, organizer, `Bearer ${await entra.issue()}`).rest();
      expect(event).toMatchObject({
        errors: [
          {
            message: expect.stringContaining('does not exist, or the caller has no access'),
            extensions: { code: 'FORBIDDEN' },
          },
        ],
      });
      expect(gateway.requests()).toEqual([]);
    },
  );

  it.each([
    ['no token', null],
    ['a malformed token', 'Bearer marked.token.here'],
    ['an expired token', 'expired'],
  ] as const)('with %s is refused, without a request to Graph', async (_, given) => {
    const { entra, gateway, listen: begin } = await startGuarded();
    const token =
      given === 'expired' ? `Bearer ${await entra.issue({ expiresInSeconds: -3_600 })}` : (given ?? undefined);
    const refusal: unknown = await begin(door, entra.userId, token)
      .next()
      .catch((error: unknown) => error);
    // The clients throw the response, or the end of the connection.
    expect(refusal).toMatchObject(door === 'events' ? { response: { status: 401 } } : { code: 4401 });
    expect(gateway.requests()).toEqual([]);
    expect(gateway.logged()).not.toContain('marked');
  });

  it('is refused while the keys of Entra ID cannot be fetched, which the log reports', async () => {
    const { entra, gateway, listen: begin } = await startGuarded();
    entra.settings.keys = 'down';
    const refusal: unknown = await begin(door, entra.userId, `Bearer ${await entra.issue()}`)
      .next()
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject(door === 'events' ? { response: { status: 503 } } : { code: 1013 });
    expect(gateway.logged()).toContain('"callers cannot be authenticated"');
  });

  it('is notified when its token expires, and receives no more', async () => {
    const { clock, entra, gateway, listen: begin } = await startGuarded();
    const listening = begin(door, entra.userId, `Bearer ${await entra.issue({ expiresInSeconds: 600 })}`);
    await listening.next();
    clock.advance(601_000);
    gateway.emulator.addRecording({ meetingId: `meeting of ${entra.userId}` });
    expect(await listening.next()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    await expect(listening.next()).rejects.toBeDefined();
  });

  it('receives an error when its token expires while its query waits for a response', async () => {
    const { ask, clock, entra, gateway } = await startGuarded();
    const hold = gateway.emulator.hold({ pathPattern: '.' });
    const document = `{ onlineMeeting(organizerId: "${entra.userId}", id: "a") { subject } }`;
    const answered = ask(door, document, `Bearer ${await entra.issue({ expiresInSeconds: 5 })}`).next();
    await hold.arrived(1);
    clock.advance(6_000);
    expect(await answered).toEqual({
      errors: [
        {
          message: 'The access token has expired. Reconnect with a new one.',
          extensions: { code: 'UNAUTHENTICATED' },
        },
      ],
    });
  });

  it('takes up no place with a token that has just expired, though it is still accepted', async () => {
    const { clock, entra, listen: begin } = await startGuarded({ inAll: 1, perCaller: 1 });
    const ending = `Bearer ${await entra.issue({ expiresInSeconds: 600 })}`;
    // Clocks differ, so a token is accepted for some time after its end.
    clock.advance(620_000);
    const told: unknown = await begin(door, entra.userId, ending)
      .next()
      .catch((error: unknown) => error);
    // A WebSocket, which opens before it carries a request, is closed before it can carry one.
    const unauthenticated = { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] };
    expect(told).toMatchObject(door === 'events' ? unauthenticated : { code: 4401 });
    const { data } = await begin(door, entra.userId, `Bearer ${await entra.issue()}`).next();
    expect(data).toMatchObject({ callRecordingDelta: { added: [{ id: `recording of ${entra.userId}` }] } });
  });
});
