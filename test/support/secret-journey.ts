/** Every kind of request to a gateway, valid and invalid, with every secret that there is. */
import { X509Certificate, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import type { Fault } from '../../src/emulator/faults/faults.ts';
import { LISTEN } from './live.ts';
import { seal } from './resource-data.ts';
import type { Stage } from './secret-stage.ts';

const EVERYTHING = `query Everything($organizer: ID!, $meeting: ID!, $after: String) {
  callRecordings(meetingOrganizerId: $organizer, first: 3, after: $after) {
    nodes { id meeting { subject } meetingOrganizer { user { displayName } } }
    pageInfo { endCursor hasNextPage }
  }
  callRecordingDelta(meetingOrganizerId: $organizer, since: "now") { token }
  onlineMeeting(organizerId: $organizer, id: $meeting) { subject recordings(first: 2) { pageInfo { endCursor } } }
  onlineMeetingByVideoTeleconferenceId(videoTeleconferenceId: "1") { id }
  user(id: $organizer) { displayName }
}`;

/** The faults of Graph, each until there are no more retries. */
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 401, claims: Buffer.from('{"id_token":{"acr":{"value":"1"}}}').toString('base64') },
  ...[400, 401, 403, 404, 410, 429, 500, 502, 503, 504].map((status): Fault => ({
    kind: 'status',
    status,
    retryAfterSeconds: 0,
  })),
  { kind: 'wrongType', member: 'subject', value: { nothing: 'of the kind' } },
  { kind: 'wrongType', member: 'id', value: 42 },
  { kind: 'huge', bytes: 17 * 1_024 * 1_024 },
  { kind: 'slow', delayMs: 10 },
  ...(['empty', 'html', 'wrongJson', 'emptyPage', 'nextLinkLoop', 'foreignNextLink', 'climbingNextLink'] as const).map(
    (kind): Fault => ({ kind }),
  ),
  ...(['missingPart', 'duplicatePart', 'unknownPart', 'malformedPart', 'reset', 'cut', 'truncated'] as const).map(
    (kind): Fault => ({ kind }),
  ),
];

/** The application id of Graph in notifications. */
const FROM_GRAPH = { claims: { appid: '0bf30f3b-4a52-48df-9a82-234910c4a086' } };

const post = (query: string, variables: unknown = {}): unknown => ({ query, variables });

function subscribeMessages(authorization: string, organizer: string): readonly unknown[] {
  return [
    { type: 'connection_init', payload: { authorization } },
    { id: 'one', type: 'subscribe', payload: post(LISTEN, { organizer }) },
  ];
}

/** Sends requests for existing resources, with access to them, and for missing or invalid ones. */
export async function askWell({ visitor, organizer, stranger }: Stage, authorization: string): Promise<void> {
  const headers = { authorization };
  const variables = { organizer, meeting: 'meeting-1' };
  const recording = { __typename: 'CallRecording', meetingOrganizerId: organizer, meetingId: 'meeting-1', id: 'none' };
  const entities = 'query ($keys: [_Any!]!) { _entities(representations: $keys) { __typename } }';
  const search = new URLSearchParams({ query: EVERYTHING, variables: JSON.stringify(variables) });
  const bodies: readonly unknown[] = [
    post(EVERYTHING, variables),
    post(EVERYTHING, { ...variables, meeting: 'no such meeting' }),
    post(EVERYTHING, { ...variables, organizer: stranger }),
    post(EVERYTHING, { ...variables, after: 'no cursor' }),
    post(EVERYTHING, { organizer: 42 }),
    post(entities, { keys: [recording, { __typename: 'User' }, { ...recording, id: 'recording-1-of-meeting-1' }] }),
    post('{ __schema { types { name } } }'),
    post('{ nothing }'),
    post('{ unfinished'),
    post(`{ ${'user(id: "x") { displayName } '.repeat(31)} }`),
    post(LISTEN, { organizer }),
    [post('{ __typename }')],
    'no JSON at all',
  ];
  await visitor.ask('a query by GET', { path: `/graphql?${search}`, headers });
  await Promise.all(bodies.map((body, index) => visitor.ask(`the ${index + 1}. body`, { headers, body })));
}

/** Subscribes over both transports until each has received an event. */
export async function listenWell({ visitor, organizer }: Stage, authorization: string): Promise<void> {
  const body = post(LISTEN, { organizer });
  const events = visitor.listen('a subscription by events', {
    headers: { authorization, accept: 'text/event-stream' },
    body,
  });
  const socket = visitor.open('a subscription by WebSocket', { messages: subscribeMessages(authorization, organizer) });
  await Promise.all([events.until(/"added"/), socket.until(/"added"/)]);
}

/** Sends requests with every kind of invalid token. Each is a secret all the same. */
export async function askInVain(stage: Stage): Promise<void> {
  const { visitor, organizer, entra, secrets } = stage;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const tokens = {
    'a forged token': await stage.issue('a forged token', { key: privateKey }),
    'a token of an unknown key': await stage.issue('a token of an unknown key', { key: privateKey, keyId: 'other' }),
    'a token signed with the public key': await stage.issue('a token signed with the public key', {
      key: createSecretKey(Buffer.from(entra.publicKey().export({ type: 'spki', format: 'pem' }))),
      alg: 'HS256',
    }),
    'a token that has expired': await stage.issue('a token that has expired', { expiresInSeconds: -3_600 }),
    'a token that is about to end': await stage.issue('a token that is about to end', { expiresInSeconds: -30 }),
    'a token of another tenant': await stage.issue('a token of another tenant', { tenantId: crypto.randomUUID() }),
    'a token for something else': await stage.issue('a token for something else', { audience: 'something else' }),
    'an ID token': await stage.issue('an ID token', { claims: { scp: undefined } }),
    'a token without claims': await stage.issue('a token without claims', { claims: { oid: undefined, tid: 1 } }),
    'the token of a service': await stage.issue('the token of a service', { kind: 'application' }),
    'the token of a stranger': await stage.issue('the token of a stranger', { objectId: stage.stranger }),
    'a token that is none': 'marked-token-that-is-none.marked-claims-of-it.marked-signature-of-it',
  };
  secrets.addToken('a token that is none', tokens['a token that is none']);
  const basic = Buffer.from('somebody:marked-basic-password').toString('base64');
  secrets.add('a password', basic);
  secrets.add('a password', 'marked-basic-password');
  const all = Object.entries(tokens).map(([name, token]) => [name, `Bearer ${token}`] as const);
  for (const [name, authorization] of [...all, ['a password', `Basic ${basic}`] as const]) {
    const headers = { authorization };
    const socket = visitor.open(`a WebSocket with ${name}`, { messages: subscribeMessages(authorization, 'nobody') });
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that each is looked at by itself
    await Promise.all([
      visitor.ask(`a query with ${name}`, { headers, body: post(EVERYTHING, { organizer, meeting: 'meeting-1' }) }),
      visitor.ask(`events with ${name}`, {
        headers: { ...headers, accept: 'text/event-stream' },
        body: post(LISTEN, { organizer: 'nobody' }),
      }),
      socket.until(/closed:|"errors"|"type":"error"/),
    ]);
    socket.leave();
  }
}

/** Sends requests during every fault of Graph. */
export async function askThroughFaults(stage: Stage, authorization: string): Promise<void> {
  const { visitor, organizer, emulator, process } = stage;
  const headers = { authorization };
  const body = post(EVERYTHING, { organizer, meeting: 'meeting-1' });
  for (const fault of FAULTS) {
    emulator.fail({ ...fault, times: 8 });
    // oxlint-disable-next-line no-await-in-loop -- each fault is for the request that follows it
    await visitor.ask(`a query while Graph fails by ${fault.kind}`, { headers, body });
    emulator.clearFaults();
  }
  // Background work, which no client requested, fails too, and only the log says so.
  emulator.fail({ kind: 'reset', times: 8, match: { path: '/delta' } });
  emulator.addRecording({ meetingId: 'meeting-1' });
  await process.logged('a round of change tracking failed');
  emulator.clearFaults();
  // After so many failures the circuit is open for a while, and then tests Graph again.
  const isAnswered = async (): Promise<boolean> => {
    const before = emulator.requests.length;
    await visitor.ask('a query when Graph is there again', { headers, body: smallQuery(organizer) });
    return emulator.requests.slice(before).some(({ status }) => status === 200);
  };
  await expect.poll(isAnswered, { timeout: 40_000, interval: 250 }).toBe(true);
  // A short answer, byte by byte.
  emulator.fail({ kind: 'trickle', delayMs: 1, match: { path: '/users/nobody' } });
  await visitor.ask('a query while Graph trickles', { headers, body: post('{ user(id: "nobody") { displayName } }') });
}

/** Sends a request to every endpoint that requires no token. */
export async function knock({ visitor }: Stage, authorization: string): Promise<void> {
  const headers = { authorization, accept: 'text/html' };
  for (const path of ['/', '/healthz', '/readyz', '/notifications', '/metrics', '/nowhere', '/%zz']) {
    // oxlint-disable-next-line no-await-in-loop -- it is no race
    await visitor.ask(`a knock at ${path}`, { path, headers });
  }
}

/** About the smallest query that needs a request to Graph. */
export const smallQuery = (organizer: string): unknown =>
  post('query ($id: ID!) { onlineMeeting(organizerId: $id, id: "meeting-2") { subject } }', { id: organizer });

/** Ends the gateway during a request and with open subscriptions, and resolves with its exit code. */
export async function end({ process, emulator, visitor, organizer }: Stage, authorization: string): Promise<unknown> {
  const hold = emulator.hold({ path: '/onlineMeetings/meeting-2' });
  const inFlight = visitor.ask('a query at the end', {
    headers: { authorization },
    body: smallQuery(organizer),
  });
  await hold.arrived(1);
  process.send('SIGTERM');
  await process.logged('draining');
  hold.release();
  await inFlight;
  const { code } = await process.exit;
  return code;
}

/** Has Graph notify the gateway, which needs a subscriber, and sends forged notifications. */
export async function notify(stage: Stage): Promise<void> {
  const { emulator, entra, visitor, secrets, graph } = stage;
  const made = /"clientState":"([^"]+)"/;
  await expect.poll(() => graph.answered(), { timeout: 20_000 }).toMatch(made);
  const [, clientState = ''] = made.exec(graph.answered()) ?? [];
  for (const forgery of [null, 'clientState', 'data', 'publisher'] as const) {
    emulator.settings.forgery = forgery;
    emulator.addRecording({ meetingId: 'meeting-1' });
  }
  await expect.poll(() => emulator.deliveries.map(({ status }) => status), { timeout: 20_000 }).toHaveLength(4);
  const forged = 'a marked clientState that nobody has sealed';
  secrets.add('a forged clientState', forged);
  const token = await stage.issue("a token of Graph's", { ...FROM_GRAPH, kind: 'application', version: 1 });
  const item = { subscriptionId: 'one', tenantId: 'ours', changeType: 'created', clientState };
  const certificate = entra.certificate.cert;
  const id = new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
  const encryptedContent = seal({ certificate, id, text: 'no JSON' });
  const bodies: readonly unknown[] = [
    { value: [{ ...item, clientState: forged }], validationTokens: [token] },
    { value: [{ ...item, changeType: 42 }] },
    ...['a token that is none, at all', token].map((given) => ({
      value: [{ ...item, encryptedContent }],
      validationTokens: [given],
    })),
    `{"value":[{"clientState":"${clientState}"`,
    `${clientState} ${'['.repeat(20_000)}`,
    `"${token}${' '.repeat(1_024 * 1_024)}"`,
  ];
  const path = '/notifications';
  const asked = { path, method: 'POST' };
  await Promise.all(bodies.map((body, nth) => visitor.ask(`the ${nth + 1}. notification`, { ...asked, body })));
  const tooLong = `${path}?validationToken=${token.repeat(4)}`;
  await visitor.ask('a handshake that is too long', { ...asked, path: tooLong });
}
