/** Callbacks are sent only for subscriptions, by authenticated callers, to configured addresses. */
import { describe, expect, it } from 'vitest';
import { startCallbackRouter, subscribe } from '../support/callback-router.ts';
import type { CallbackRouter, SubscriptionExtension } from '../support/callback-router.ts';
import { createDrivenClock } from '../support/clock.ts';
import { leaves, repeat } from '../support/document.ts';
import { startEntra } from '../support/entra.ts';
import { at, startGateway } from '../support/gateway.ts';
import { LISTEN } from '../support/live.ts';

const NAME = '{ __typename }';
const OFF = 'Subscriptions over callbacks are disabled';
const ELSEWHERE = 'Expected "callbackUrl" to be a plain URL below';
const NOT_ONE = 'Only a subscription can have a "callbackUrl"';

/** Changes a valid extension into the one to send. */
type Wrong = (extension: SubscriptionExtension, router: CallbackRouter) => unknown;

const right: Wrong = (extension) => extension;

function to(address: (router: CallbackRouter, id: string) => string): Wrong {
  return (extension, router) => ({ ...extension, callbackUrl: address(router, extension.subscriptionId) });
}

function every(heartbeatIntervalMs: unknown): Wrong {
  return (extension) => ({ ...extension, heartbeatIntervalMs });
}

describe('No callback is sent', () => {
  it.each<[string, string, Wrong, string]>([
    ['for a query', NAME, right, NOT_ONE],
    ['for a query in the same document as a subscription', `query A ${NAME} ${LISTEN}`, right, 'must be the only'],
    ['for a document that is not GraphQL', 'subscription {', right, 'Syntax Error'],
    ['for a field that is not in the schema', 'subscription { nothing }', right, 'Cannot query field'],
    ['for a mutation', `mutation ${NAME}`, right, 'does not support operations of the type "mutation"'],
    ['beyond the limits', `subscription { ${repeat(31, (i) => `a${i}: __typename`)} }`, right, '30 aliases'],
    ['with a long alias', `subscription { ${'a'.repeat(101)}: __typename }`, right, '100 characters in an alias'],
    ['beyond 2,000 tokens', `subscription { ${leaves(2_001)} }`, right, '2000 tokens'],
    [
      'to another origin',
      LISTEN,
      to(({ origin }, id) => `${origin.replace('127.0.0.1', 'localhost')}/callback/${id}`),
      ELSEWHERE,
    ],
    ['to another port', LISTEN, to((_, id) => `http://127.0.0.1:1/callback/${id}`), ELSEWHERE],
    [
      'over another scheme',
      LISTEN,
      to(({ callbackUrl }, id) => `${callbackUrl.replace('http', 'https')}/${id}`),
      ELSEWHERE,
    ],
    [
      'to a path that only begins like the configured one',
      LISTEN,
      to(({ origin }, id) => `${origin}/callbacks/${id}`),
      ELSEWHERE,
    ],
    ['to the path itself', LISTEN, to(({ callbackUrl }) => callbackUrl), ELSEWHERE],
    ['to the path itself, with a slash', LISTEN, to(({ callbackUrl }) => `${callbackUrl}/`), ELSEWHERE],
    ['out of the path', LISTEN, to(({ callbackUrl }) => `${callbackUrl}/../admin`), ELSEWHERE],
    ['out of the path, encoded', LISTEN, to(({ callbackUrl }) => `${callbackUrl}/%2e%2e/admin`), ELSEWHERE],
    ['out of the path, with an encoded slash', LISTEN, to(({ callbackUrl }) => `${callbackUrl}/..%2fadmin`), ELSEWHERE],
    ['out of the path, with a backslash', LISTEN, to(({ callbackUrl }) => `${callbackUrl}\\..\\admin`), ELSEWHERE],
    ['with a query', LISTEN, to(({ callbackUrl }, id) => `${callbackUrl}/${id}?then=admin`), ELSEWHERE],
    ['with a user', LISTEN, to(({ callbackUrl }, id) => `${callbackUrl.replace('//', '//a:b@')}/${id}`), ELSEWHERE],
    [
      'to a host that begins as the router',
      LISTEN,
      to(({ origin }, id) => `${origin}.example/callback/${id}`),
      ELSEWHERE,
    ],
    ['to a text that is not a URL', LISTEN, to(() => 'callback'), ELSEWHERE],
    ['with a heartbeat interval of 999 ms', LISTEN, every(999), 'expected 0 or at least 1000'],
    ['with a heartbeat interval of -1 ms', LISTEN, every(-1), 'expected 0 or at least 1000'],
    ['with a heartbeat interval of more than an hour', LISTEN, every(2 ** 31), 'Too big'],
    ['with a heartbeat interval that is not a number', LISTEN, every('5000'), 'expected number'],
    ['without a verifier', LISTEN, (extension) => ({ ...extension, verifier: undefined }), 'verifier'],
    ['for an extension that is not an object', LISTEN, () => 'callback', 'expected object'],
  ])('%s, and the refusal says why', async (_, query, wrong, sentence) => {
    const router = await startCallbackRouter();
    const gateway = await startGateway({ config: { callbackUrls: [router.callbackUrl] } });
    const { status, body } = await subscribe(gateway, query, {}, wrong(router.subscription(), router));
    expect(status).toBe(400);
    expect(at(body, 'errors.0.message')).toContain(sentence);
    expect(at(body, 'data')).toBeUndefined();
    await gateway.close();
    expect(router.received).toEqual([]);
    expect(gateway.requests()).toEqual([]);
  });

  it.each([NAME, 'subscription {', LISTEN])('if the protocol is disabled: %s', async (query) => {
    const router = await startCallbackRouter();
    const gateway = await startGateway();
    const { status, body } = await subscribe(gateway, query, {}, router.subscription());
    expect(status).toBe(400);
    expect(at(body, 'errors.0.message')).toContain(OFF);
    expect(router.received).toEqual([]);
  });

  it('for a request that neither contains nor names a document, and the refusal says what is missing', async () => {
    const router = await startCallbackRouter();
    const gateway = await startGateway({ config: { callbackUrls: [router.callbackUrl] } });
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ extensions: { subscription: router.subscription() } }),
    });
    expect(response.status).toBe(400);
    expect(at(await response.json(), 'errors.0.message')).toContain(
      'expected "query", "documentId" or "extensions.persistedQuery"',
    );
    expect(router.received).toEqual([]);
  });

  it.each([NAME, LISTEN])('for a GET, which a page of another site can send: %s', async (query) => {
    const router = await startCallbackRouter();
    const gateway = await startGateway({ config: { callbackUrls: [router.callbackUrl] } });
    const extensions = JSON.stringify({ subscription: router.subscription() });
    const search = new URLSearchParams({ query, extensions, variables: '{"organizer":"a"}' });
    const response = await fetch(`${gateway.url}/graphql?${search.toString()}`);
    expect(response.status).toBe(query === NAME ? 200 : 406);
    await gateway.close();
    expect(router.received).toEqual([]);
  });

  it('without a valid token; its expiry ends the subscription, and recordings of others are forbidden', async () => {
    const router = await startCallbackRouter();
    const entra = await startEntra();
    const clock = createDrivenClock(Date.now());
    const { authority, clientId, tenantId, certificateAuthority: graphCertificateAuthority } = entra;
    const callers = { authority, tenantIds: [tenantId], audiences: [clientId] } as const;
    const config = { callers, graphCertificateAuthority, callbackUrls: [router.callbackUrl] };
    const gateway = await startGateway({ clock, config, tenant: { users: 0, meetings: 0, recordings: 0 } });
    gateway.emulator.addUser({ id: entra.userId });
    const variables = { organizer: entra.userId, since: 'now' };
    for (const headers of [{}, { authorization: 'Bearer another' }]) {
      const { status } = await subscribe(gateway, LISTEN, variables, router.subscription(), headers);
      expect(status).toBe(401);
    }
    expect(router.received).toEqual([]);

    const authorization = `Bearer ${await entra.issue({ expiresInSeconds: 600 })}`;
    const { status } = await subscribe(gateway, LISTEN, variables, router.subscription(), { authorization });
    expect(status).toBe(200);
    expect((await router.next()).message.action).toBe('check');
    expect((await router.next()).message.action).toBe('next');
    clock.advance(601_000);
    expect((await router.next()).message).toMatchObject({
      action: 'complete',
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    // As everywhere, the recordings of others are forbidden without a request to Graph.
    const mine = { authorization: `Bearer ${await entra.issue({ expiresInSeconds: 6_000 })}` };
    await subscribe(gateway, LISTEN, { organizer: 'another' }, router.subscription(), mine);
    await router.next();
    expect((await router.next()).message).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(gateway.paths().filter((path) => path.includes('another'))).toEqual([]);
  });

  it.each([404, 400, 500, 302, 200])('after a confirmation request answered with %i', async (status) => {
    const router = await startCallbackRouter();
    const gateway = await startGateway({ config: { callbackUrls: [router.callbackUrl] } });
    router.answerWith('check', status);
    const answer = await subscribe(gateway, LISTEN, { organizer: 'a' }, router.subscription());
    expect(answer.status).toBe(400);
    expect(at(answer.body, 'errors.0.message')).toContain(`it responded with ${status}`);
    await gateway.close();
    expect(router.received).toHaveLength(1);
    expect(gateway.requests()).toEqual([]);
  });

  it('if the router cannot be reached', async () => {
    const gateway = await startGateway({ config: { callbackUrls: ['http://127.0.0.1:1/callback'] } });
    const extension = {
      callbackUrl: 'http://127.0.0.1:1/callback/1',
      subscriptionId: '1',
      verifier: '2',
      heartbeatIntervalMs: 0,
    };
    const { status, body } = await subscribe(gateway, LISTEN, { organizer: 'a' }, extension);
    expect([status, at(body, 'errors.0.message')]).toEqual([400, expect.stringContaining('it did not respond')]);
    expect(gateway.requests()).toEqual([]);
  });
});
