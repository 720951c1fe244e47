/** One trace from the router through the gateway to Graph, for single requests and batches. */
import { once } from 'node:events';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { addShortRecording, linkTo } from '../support/content.ts';
import { createTestMetrics, scrapeUntil } from '../support/metrics.ts';
import { createCaller, loadSdk, startTraced } from '../support/traces.ts';
import type { Caller, TracedGateway } from '../support/traces.ts';

beforeAll(loadSdk);

const LIST = `query RecentMeetings($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 100) { nodes { id meeting { subject } } }
}`;
const LISTEN = `subscription ($organizer: ID!) {
  callRecordingDelta(meetingOrganizerId: $organizer) { added { id meeting { subject } } }
}`;

const user = ({ emulator }: TracedGateway, index = 0): string => emulator.tenant.users[index]?.id ?? '';
const nameOf = (gateway: TracedGateway, index: number, { headers }: Caller): Promise<unknown> =>
  gateway.query(`{ user(id: "${user(gateway, index)}") { displayName } }`, {}, headers);

const idOf = (span: ReadableSpan): string => span.spanContext().spanId;

function find(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const span = spans.find((candidate) => candidate.name === name);
  if (span === undefined) throw new Error(`Expected a span ${name} among ${spans.map((one) => one.name).join(', ')}.`);
  return span;
}

const LIST_PATH = '/v1.0/users/{id}/onlineMeetings/getAllRecordings()';

describe('A trace', () => {
  it('reaches from the router through the gateway to Graph, each span below its cause', async () => {
    const gateway = await startTraced();
    const caller = createCaller('a');
    await gateway.query(LIST, { organizer: user(gateway) }, caller.headers);
    expect(gateway.treeOf(caller)).toEqual([
      'POST /graphql',
      '  query',
      `    GET ${LIST_PATH}`,
      '    POST /v1.0/$batch',
    ]);
    const spans = gateway.spans();
    expect(find(spans, 'POST /graphql').attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.route': '/graphql',
      'url.scheme': 'http',
    });
    expect(find(spans, 'query').attributes).toEqual({
      'graphql.operation.name': 'RecentMeetings',
      'graphql.operation.type': 'query',
    });
    expect(find(spans, 'POST /v1.0/$batch').attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'graph.batch.size': 3,
      'server.address': '127.0.0.1',
      'server.port': expect.any(Number),
      'url.template': '/v1.0/$batch',
    });
    // Graph receives the span of its own request as the parent.
    const asked = spans.filter(({ name }) => name.includes('/v1.0/')).map((span) => span.spanContext().spanId);
    expect(gateway.sentToGraph('traceparent')).toEqual(asked.map((id) => `00-${caller.traceId}-${id}-01`));
    expect(gateway.sentToGraph('tracestate')).toEqual(['router=a', 'router=a']);
    expect(gateway.sentToGraph('baggage')).toEqual([]);
  });

  it('has a shared batch as a child of its first operation, and as a link of the others', async () => {
    const gateway = await startTraced({
      tenant: { users: 4, meetings: 0, recordings: 0 },
      config: { graphConcurrency: 1 },
      metrics: createTestMetrics(),
    });
    const [first, second, third] = [createCaller('1'), createCaller('2'), createCaller('3')];
    const hold = gateway.emulator.hold({ path: '/users/' });
    const answers = [nameOf(gateway, 0, createCaller('4'))];
    await hold.arrived(1);
    for (const [index, caller] of [first, second, third].entries()) {
      answers.push(nameOf(gateway, index + 1, caller));
      // oxlint-disable-next-line no-await-in-loop -- the order in which they come is the order of their parts
      await scrapeUntil(gateway.url, 'gateway_graph_requests_queued', index + 1);
    }
    hold.release();
    await Promise.all(answers);
    const batch = find(gateway.spans(), 'POST /v1.0/$batch');
    expect(batch.attributes['graph.batch.size']).toBe(3);
    expect(gateway.treeOf(first)).toEqual(['POST /graphql', '  query', '    POST /v1.0/$batch']);
    for (const other of [second, third]) {
      expect(gateway.treeOf(other)).toEqual(['POST /graphql', '  query', '    shared POST /v1.0/$batch']);
    }
    const operations = gateway.spans().filter(({ name }) => name === 'query');
    const linked = [second, third].map(({ traceId }) =>
      operations.filter((span) => span.spanContext().traceId === traceId).map(idOf),
    );
    expect(batch.links.map(({ context }) => context.spanId)).toEqual(linked.flat());
    const shares = gateway.spans().filter(({ name }) => name.startsWith('shared'));
    expect(shares.map(({ links }) => links.map(({ context }) => context.spanId))).toEqual([
      [idOf(batch)],
      [idOf(batch)],
    ]);
  });

  it('marks each failed span with its error', async () => {
    const gateway = await startTraced();
    gateway.emulator.fail({ kind: 'status', status: 403, match: { path: 'getAllRecordings' } });
    gateway.emulator.fail({ kind: 'reset', match: { path: '/users/' } });
    await gateway.query(LIST, { organizer: user(gateway) });
    const [asked, operation, request] = gateway.spans();
    expect(
      [asked, operation, request].map((span) => [span?.name, span?.attributes['error.type'], span?.status.code]),
    ).toEqual([
      [`GET ${LIST_PATH}`, '403', 2],
      ['query', 'FORBIDDEN', 2],
      ['POST /graphql', undefined, 0],
    ]);
  });
});

it('The span of a request whose caller leaves ends without a status', async () => {
  const gateway = await startTraced();
  const hold = gateway.emulator.hold({ path: 'getAllRecordings' });
  const leaving = new AbortController();
  const caller = createCaller('d');
  const response = fetch(
    `${gateway.url}/graphql?query={callRecordings(meetingOrganizerId:"${user(gateway)}"){nodes{id}}}`,
    { headers: caller.headers, signal: leaving.signal },
  );
  await hold.arrived(1);
  leaving.abort();
  await expect(response).rejects.toThrow('aborted');
  await expect.poll(() => gateway.treeOf(caller)[0]).toBe('GET /graphql');
  const request = find(gateway.spans(), 'GET /graphql');
  expect(request.attributes).not.toHaveProperty('http.response.status_code');
});

/** Subscribes over one transport as a router within a trace; resolves when an event with recordings has arrived. */
async function hearOne(door: 'sse' | 'websocket', gateway: TracedGateway, { headers }: Caller): Promise<void> {
  const payload = { query: LISTEN, variables: { organizer: user(gateway) } };
  if (door === 'sse') {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) if (decoder.decode(chunk).includes('subject')) return;
    return;
  }
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  await once(socket, 'message');
}

describe('An event of a subscription', () => {
  it.each(['sse', 'websocket'] as const)('belongs to the trace of the subscriber, over %s', async (door) => {
    const gateway = await startTraced();
    const caller = createCaller('c');
    await hearOne(door, gateway, caller);
    const below = gateway
      .spans()
      .filter(({ name, parentSpanContext }) => name.startsWith('subscription') && parentSpanContext !== undefined);
    expect(below.map((span) => [span.name, span.spanContext().traceId])).toEqual([
      ['subscription', caller.traceId],
      ['subscription event', caller.traceId],
    ]);
    const [, event] = below;
    const batch = find(gateway.spans(), 'POST /v1.0/$batch');
    expect(batch.parentSpanContext?.spanId).toBe(event?.spanContext().spanId);
    // A round belongs to no subscriber's trace.
    const round = gateway.spans().find(({ name }) => name.endsWith('/delta'));
    expect([round?.spanContext().traceId === caller.traceId, round?.parentSpanContext]).toEqual([false, undefined]);
  });
});

it('The stream of a recording is one trace', async () => {
  const gateway = await startTraced();
  const url = await linkTo(gateway, addShortRecording(gateway));
  const caller = createCaller('d');
  await (await fetch(url, { headers: caller.headers })).arrayBuffer();
  expect(gateway.treeOf(caller).toSorted()).toEqual(
    [
      'GET /content/*',
      '  GET /v1.0/users/{id}/onlineMeetings/{id}',
      '  GET /v1.0/users/{id}/onlineMeetings/{id}/recordings/{id}/content',
    ].toSorted(),
  );
});

it('No span holds an id, a name, a token or a document', async () => {
  const gateway = await startTraced();
  const { emulator } = gateway;
  const url = await linkTo(gateway, addShortRecording(gateway));
  await (await fetch(url)).arrayBuffer();
  await hearOne('sse', gateway, createCaller('e'));
  for (const name of [
    'Of_6b1f3c52_8a0e_4d5f_9c37_2f4a1e7d9b60',
    'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9',
    'a'.repeat(65),
  ])
    await gateway.query(`query ${name} { user(id: "${user(gateway)}") { displayName } }`);
  emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 3_600 });
  await gateway.query(LIST, { organizer: user(gateway) }, { authorization: 'Bearer a-marked-caller' });
  const told = JSON.stringify(
    gateway.spans().map(({ name, attributes, events, links, status }) => [name, attributes, events, status, links]),
  );
  const { users, meetings, recordings } = emulator.tenant;
  const secrets = [
    ...[...users, ...meetings, ...recordings].map(({ id }) => id),
    ...users.map(({ displayName }) => displayName),
    'a-marked',
    'eyJ',
    'Of_6b1f3c52',
    'aaaaa',
    'callRecordings(',
    url,
    new URL(url).pathname.slice('/content/'.length),
  ];
  expect(gateway.spans().length).toBeGreaterThan(15);
  expect(secrets.filter((secret) => told.includes(secret) || told.includes(encodeURIComponent(secret)))).toEqual([]);
});
