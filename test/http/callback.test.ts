/** Subscriptions over the HTTP callback protocol, as Apollo Router speaks it. */
import { describe, expect, it } from 'vitest';
import { startCallbackRouter, subscribe } from '../support/callback-router.ts';
import type { CallbackRouter, Received } from '../support/callback-router.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { at, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { LISTEN } from '../support/live.ts';

interface Scene {
  readonly router: CallbackRouter;
  readonly gateway: TestGateway;
  readonly variables: { readonly organizer: string; readonly since: string };
  /** Adds a recording, of which Graph notifies the gateway. */
  readonly record: (id: string) => void;
}

async function startScene(clock?: DrivenClock): Promise<Scene> {
  const router = await startCallbackRouter();
  const gateway = await startGateway({
    ...(clock === undefined ? {} : { clock }),
    tenant: { users: 1, meetings: 1, recordings: 1 },
    config: { callbackUrls: [router.callbackUrl] },
  });
  const meetingId = gateway.emulator.tenant.meetings[0]?.id ?? '';
  return {
    router,
    gateway,
    variables: { organizer: gateway.emulator.tenant.users[0]?.id ?? '', since: 'now' },
    record: (id) => void gateway.emulator.addRecording({ meetingId, id }),
  };
}

/** The ids of the recordings in a message; without any, its payload. */
function idsOf({ message: { payload } }: Received): unknown {
  const added = at(payload, 'data.callRecordingDelta.added');
  return Array.isArray(added) ? added.map((recording) => at(recording, 'id')) : payload;
}

/** Subscribes, and consumes the confirmation and the first event, which has only the token. */
async function begin({ gateway, router, variables }: Scene, heartbeatIntervalMs?: number) {
  const extension = router.subscription(heartbeatIntervalMs);
  const answer = await subscribe(gateway, LISTEN, variables, extension);
  expect(answer).toMatchObject({ status: 200, body: { data: null } });
  expect(await router.next()).toMatchObject({ message: { action: 'check' } });
  expect(idsOf(await router.next())).toEqual([]);
  return { extension, answer };
}

describe('A router with a callback URL', () => {
  it('confirms the subscription, and receives each new recording once until it ends the subscription', async () => {
    const scene = await startScene();
    const { router, gateway, record } = scene;
    const { extension, answer } = await begin(scene);
    expect(answer.headers.get('subscription-protocol')).toBe('callback/1.0');
    record('first');
    expect(idsOf(await router.next())).toEqual(['first']);
    const { callbackUrl, subscriptionId: id, verifier } = extension;
    for (const { method, path, headers, message } of router.received) {
      expect([method, path]).toEqual(['POST', new URL(callbackUrl).pathname]);
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'subscription-protocol': 'callback/1.0' });
      expect(message).toMatchObject({ kind: 'subscription', id, verifier });
    }
    router.terminate(extension);
    record('second');
    await router.next();
    await expect.poll(() => gateway.logged()).toContain('no longer needs events');
    await gateway.close();
    expect(router.received.map(({ message }) => message.action)).toEqual(['check', 'next', 'next', 'next']);
  });

  it('receives a heartbeat in each interval until it ends the subscription', async () => {
    const clock = createDrivenClock();
    const scene = await startScene(clock);
    const { router, gateway } = scene;
    const { extension } = await begin(scene, 4_000);
    for (let beat = 0; beat < 3; beat += 1) {
      await clock.waiting(3_000);
      clock.advance(3_000);
      expect((await router.next()).message.action).toBe('check');
    }
    router.terminate(extension);
    await clock.waiting(3_000);
    clock.advance(3_000);
    expect((await router.next()).message.action).toBe('check');
    await expect.poll(() => gateway.logged()).toContain('no longer needs events');
    await gateway.close();
    expect(router.received.filter(({ message }) => message.action === 'complete')).toEqual([]);
  });

  it('receives a completion when the gateway closes, since no connection breaks', async () => {
    const scene = await startScene();
    await begin(scene);
    await scene.gateway.close();
    expect((await scene.router.next()).message).toMatchObject({
      action: 'complete',
      errors: [{ message: expect.stringContaining('is shutting down'), extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
    });
  });

  it('receives the error of a subscription that cannot start, which ends it', async () => {
    const { gateway, router, variables } = await startScene();
    const wrong = { ...variables, since: 'not a token' };
    const answer = await subscribe(gateway, LISTEN, wrong, router.subscription());
    expect(answer).toMatchObject({ status: 200, body: { data: null } });
    expect((await router.next()).message.action).toBe('check');
    expect((await router.next()).message).toMatchObject({
      action: 'complete',
      errors: [{ path: ['callRecordingDelta'], locations: [{}], extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('receives the meeting of a recording loaded anew for each event', async () => {
    const { gateway, router, variables, record } = await startScene();
    const query = LISTEN.replace('added { id }', 'added { id meeting { subject } }');
    await subscribe(gateway, query, { organizer: variables.organizer }, router.subscription());
    expect((await router.next()).message.action).toBe('check');
    const subject = gateway.emulator.tenant.meetings[0]?.subject;
    const added = [expect.objectContaining({ meeting: { subject } })];
    expect(at((await router.next()).message.payload, 'data.callRecordingDelta.added')).toEqual(added);
    record('later');
    expect(at((await router.next()).message.payload, 'data.callRecordingDelta.added')).toEqual(added);
    expect(gateway.paths().filter((path) => /onlineMeetings\/[^/?]+(\?|$)/.test(path))).toHaveLength(2);
  });

  it.each([500, 302, 400])('that answers an event with %i receives an error, and nothing more', async (status) => {
    const { router, gateway, variables } = await startScene();
    router.answerWith('next', status);
    await subscribe(gateway, LISTEN, variables, router.subscription());
    await router.next();
    expect((await router.next()).message.action).toBe('next');
    expect((await router.next()).message).toMatchObject({ action: 'complete', errors: [{}] });
    await gateway.close();
    expect(router.received).toHaveLength(3);
    expect(gateway.logged()).toContain('a router did not accept');
  });

  it('that subscribes twice with one URL, as for a shared subscription, receives each event once', async () => {
    const scene = await startScene();
    const { router, gateway, variables, record } = scene;
    const { extension } = await begin(scene);
    expect(await subscribe(gateway, LISTEN, variables, extension)).toMatchObject({ status: 200 });
    expect((await router.next()).message.action).toBe('check');
    expect(idsOf(await router.next())).toEqual([]);
    record('first');
    expect(idsOf(await router.next())).toEqual(['first']);
    await gateway.close();
    expect(router.received.map(({ message }) => message.action)).toEqual([
      'check',
      'next',
      'check',
      'next',
      'next',
      'complete',
    ]);
  });
});
