import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  AuthenticationHandler,
  BatchRequestContent,
  BatchResponseContent,
  Client,
  PageIterator,
  RedirectHandler,
  RedirectHandlerOptions,
  RetryHandler,
  RetryHandlerOptions,
} from '@microsoft/microsoft-graph-client';
import type { Context } from '@microsoft/microsoft-graph-client';
import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { at, items, startEmulator, textAt } from './graph-client.ts';

// Microsoft's own client accepts the emulator as Graph. It sends its token and follows links only over https, so the
// last of its handlers replaces https by http, as a proxy that ends TLS would.
// https://github.com/microsoftgraph/msgraph-sdk-javascript
function clientOf(emulator: Emulator): Client {
  const authentication = new AuthenticationHandler({ getAccessToken: async () => 'any-word' });
  const retry = new RetryHandler(new RetryHandlerOptions());
  const redirect = new RedirectHandler(new RedirectHandlerOptions());
  authentication.setNext(retry);
  retry.setNext(redirect);
  redirect.setNext({ execute: endTls });
  return Client.initWithMiddleware({
    baseUrl: emulator.url.replace('http:', 'https:'),
    customHosts: new Set([new URL(emulator.url).hostname]),
    middleware: authentication,
  });
}

async function endTls(context: Context): Promise<void> {
  const url = typeof context.request === 'string' ? context.request : context.request.url;
  const headers = new Headers(context.options?.headers);
  headers.set('x-forwarded-proto', 'https');
  context.response = await fetch(url.replace('https:', 'http:'), { ...context.options, headers });
}

function allRecordings(emulator: Emulator): string {
  const { id } = emulator.tenant.users[0] ?? {};
  return `/users/${id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${id}')`;
}

it('gets a user with the selected properties', async () => {
  const emulator = await startEmulator();
  const user: unknown = await clientOf(emulator)
    .api(`/users/${emulator.tenant.users[0]?.id}`)
    .select('displayName')
    .get();
  expect(user).toMatchObject({ displayName: 'Nkechi Adebayo-Lund' });
  expect(emulator.requests[0]?.headers).toMatchObject({
    authorization: 'application',
    prefer: null,
  });
});

it('finds a meeting by a filter', async () => {
  const emulator = await startEmulator();
  const [meeting] = emulator.tenant.meetings;
  const found: unknown = await clientOf(emulator)
    .api(`/users/${meeting?.organizerId}/onlineMeetings`)
    .filter(`JoinWebUrl eq '${encodeURIComponent(meeting?.joinWebUrl ?? '')}'`)
    .get();
  expect(items(found)).toMatchObject([{ id: meeting?.id }]);
});

it('reports an error of Graph with its code and request id', async () => {
  const emulator = await startEmulator();
  await expect(clientOf(emulator).api('/users/none').get()).rejects.toMatchObject({
    statusCode: 404,
    code: 'Request_ResourceNotFound',
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

it('iterates over pages', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 5, recordings: 42 } });
  const client = clientOf(emulator);
  const found: string[] = [];
  const first = await client.api(allRecordings(emulator)).get();
  const iterator = new PageIterator(client, first, (recording: unknown) => {
    found.push(textAt(recording, 'id'));
    return true;
  });
  await iterator.iterate();
  expect(found).toEqual(emulator.tenant.recordings.map(({ id }) => id));
  expect(emulator.requests).toHaveLength(5);
});

it('follows a delta round to its deltaLink', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 5, recordings: 12 } });
  const client = clientOf(emulator);
  const round = async (link: string): Promise<{ readonly count: number; readonly deltaLink: string }> => {
    let count = 0;
    const iterator = new PageIterator(client, await client.api(link).get(), () => {
      count += 1;
      return true;
    });
    await iterator.iterate();
    return { count, deltaLink: iterator.getDeltaLink() ?? '' };
  };
  const first = await round(`${allRecordings(emulator)}/delta`);
  emulator.addRecording();
  expect([first.count, (await round(first.deltaLink)).count]).toEqual([12, 1]);
});

it('sends batches with dependencies', async () => {
  const emulator = await startEmulator();
  const urls = [`/users/${emulator.tenant.users[0]?.id}`, '/users/none', `/users/${emulator.tenant.users[1]?.id}`];
  const content = new BatchRequestContent(
    urls.map((url, place) => ({ id: `${place}`, request: new Request(`https://graph.microsoft.com${url}`) })),
  );
  content.addDependency('1', '0');
  content.addDependency('2', '1');
  const reply: unknown = await clientOf(emulator)
    .api('/$batch')
    .post(await content.getContent());
  const responses = at(reply, 'responses');
  const answers = new BatchResponseContent({ responses: Array.isArray(responses) ? responses : [] });
  expect(['0', '1', '2'].map((id) => answers.getResponseById(id).status)).toEqual([200, 404, 424]);
  expect(await answers.getResponseById('0').json()).toMatchObject({ displayName: 'Nkechi Adebayo-Lund' });
});

it.each([429, 503, 504])('retries after %i', async (status) => {
  const emulator = await startEmulator();
  emulator.fail({ kind: 'status', status, retryAfterSeconds: 0, times: 2 });
  const user: unknown = await clientOf(emulator).api(`/users/${emulator.tenant.users[0]?.id}`).get();
  expect(user).toMatchObject({ displayName: 'Nkechi Adebayo-Lund' });
  expect(emulator.requests.map((entry) => entry.status)).toEqual([status, status, 200]);
});

it.each([false, true])('streams content, redirected to another host: %s', async (contentRedirect) => {
  const emulator = await startEmulator({
    settings: { contentRedirect },
    tenant: { users: 1, meetings: 1, recordings: 0 },
  });
  const { id, meetingId, organizerId } = emulator.addRecording({
    createdDateTime: '2026-11-16T09:00:00.0000000Z',
    endDateTime: '2026-11-16T09:00:10.0000000Z',
  });
  const path = `/users/${organizerId}/onlineMeetings/${meetingId}/recordings/${encodeURIComponent(id)}/content`;
  const stream: ReadableStream<Uint8Array> = await clientOf(emulator).api(path).getStream();
  const video = await buffer(Readable.from(stream));
  expect(video.subarray(4, 8).toString()).toBe('ftyp');
  expect(emulator.requests.map(({ headers, host, status }) => [host, status, headers.authorization])).toEqual(
    contentRedirect
      ? [
          ['graph', 302, 'application'],
          ['content', 200, 'none'],
        ]
      : [['graph', 200, 'application']],
  );
});
