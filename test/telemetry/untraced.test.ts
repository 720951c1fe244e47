/** Without an SDK there are no traces, and a request calls no function of OpenTelemetry. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { ROOT_CONTEXT, context, propagation, trace } from '@opentelemetry/api';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';
import { openTracing } from '../../src/telemetry/tracing.ts';
import { startGateway } from '../support/gateway.ts';
import { createTestDownloads, openDownload, startServer, textOf } from '../support/server.ts';

const LIST = `query ($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 100) { nodes { id meeting { subject } } }
}`;

describe('Without an SDK', () => {
  it('an operation calls no function of OpenTelemetry', async () => {
    const gateway = await startGateway();
    const spies = [
      vi.spyOn(trace, 'getTracer'),
      vi.spyOn(trace, 'getTracerProvider'),
      vi.spyOn(trace, 'setSpan'),
      vi.spyOn(trace, 'getSpanContext'),
      vi.spyOn(context, 'active'),
      vi.spyOn(context, 'with'),
      vi.spyOn(propagation, 'extract'),
      vi.spyOn(propagation, 'inject'),
      vi.spyOn(ROOT_CONTEXT, 'setValue'),
    ];
    onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
    const { data } = await gateway.query(LIST, { organizer: gateway.emulator.tenant.users[0]?.id });
    expect(data).toHaveProperty('callRecordings.nodes');
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual(spies.map(() => 0));
  });

  it('and without metrics, no observer is created', () => {
    expect(openTracing('http://127.0.0.1:1')).toBeNull();
    const { requests, live, watchExchange, watchOperation } = createTelemetry(null, null);
    expect([requests, live, watchExchange]).toEqual([undefined, undefined, undefined]);
    const [one, other] = [new IncomingMessage(new Socket()), new IncomingMessage(new Socket())].map(watchOperation);
    expect(one).toBe(other);
    expect(one).toMatchObject({ trace: undefined, observer: undefined });
  });
});

it('A redirect of Graph for content carries no trace context to the other host', async () => {
  const seen: [string, unknown][] = [];
  const storage = await startServer((request, response) => {
    seen.push(['storage', request.headers['traceparent']]);
    response.end('the video');
  });
  const graph = await startServer((request, response) => {
    seen.push(['Graph', request.headers['traceparent']]);
    response.writeHead(302, { location: `${storage}/a-key` }).end();
  });
  const { body } = await openDownload(createTestDownloads(graph), { headers: { traceparent: 'a-marked-place' } });
  expect(await textOf(body)).toBe('the video');
  expect(seen).toEqual([
    ['Graph', 'a-marked-place'],
    ['storage', undefined],
  ]);
});
