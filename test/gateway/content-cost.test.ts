import { describe, expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';

const LIST = '/onlineMeetings/getAllRecordings';

interface Setting {
  readonly gateway: TestGateway;
  /** Queries a selection on so many recordings. */
  readonly ask: (first: number, content: string) => ReturnType<TestGateway['query']>;
  /** The Range header of each content request to Graph. */
  readonly ranges: () => (string | null)[];
}

async function start(recordings: number, options: TestGatewayOptions = {}): Promise<Setting> {
  const gateway = await startGateway({ tenant: { users: 1, meetings: 1, recordings }, ...options });
  const organizer = gateway.emulator.tenant.users[0]?.id ?? '';
  return {
    gateway,
    ask: (first, content) =>
      gateway.query(`{ callRecordings(meetingOrganizerId: "${organizer}", first: ${first}) { nodes { ${content} } } }`),
    ranges: () =>
      gateway.emulator.requests.filter(({ url }) => url.endsWith('/content')).map(({ headers }) => headers.range),
  };
}

describe('Links to content', () => {
  it('cost nothing: a list with a hundred links is one request', async () => {
    const { ask, gateway } = await start(100);
    const { data, errors } = await ask(100, 'content { url expirationDateTime }');
    expect(errors).toBeUndefined();
    const urls = listAt(data, 'callRecordings.nodes').map((node) => at(node, 'content.url'));
    expect(new Set(urls).size).toBe(100);
    expect(gateway.requests()).toHaveLength(1);
    expect(gateway.requests()[0]).toContain(LIST);
  });

  it('are null when Graph gives no meeting for the recording', async () => {
    const { ask, gateway } = await start(1);
    gateway.emulator.fail({ kind: 'wrongType', member: 'meetingId', value: null });
    expect(await ask(1, 'meetingId content { url size }')).toEqual({
      data: { callRecordings: { nodes: [{ meetingId: null, content: null }] } },
    });
  });
});

describe('The size and the type of content', () => {
  it('cost one request for each recording, however often an operation selects them', async () => {
    const { ask, ranges } = await start(3);
    const { data, errors } = await ask(
      3,
      'content { size contentType } again: content(expiresInSeconds: 60) { size contentType url }',
    );
    expect(errors).toBeUndefined();
    const nodes = listAt(data, 'callRecordings.nodes');
    expect(nodes).toEqual(
      nodes.map((node) => {
        const size = at(node, 'content.size');
        return {
          content: { size, contentType: 'video/mp4' },
          again: { size, contentType: 'video/mp4', url: expect.any(String) },
        };
      }),
    );
    expect(nodes.every((node) => Number(at(node, 'content.size')) > 1_000)).toBe(true);
    expect(ranges()).toEqual(['bytes=0-0', 'bytes=0-0', 'bytes=0-0']);
  });

  it('have the content-length of the link as the size', async () => {
    const { ask } = await start(1);
    const { data } = await ask(1, 'content { size url }');
    const [node] = listAt(data, 'callRecordings.nodes');
    const response = await fetch(String(at(node, 'content.url')), { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe(String(at(node, 'content.size')));
  });

  it('are null and video/mp4 when Graph does not give them', async () => {
    const { ask } = await start(1, { settings: { contentSize: false, ranges: false } });
    expect(await ask(1, 'content { size contentType }')).toEqual({
      data: { callRecordings: { nodes: [{ content: { size: null, contentType: 'video/mp4' } }] } },
    });
  });

  it('are charged to the budget of the operation, and fail alone beyond it', async () => {
    const { ask, ranges } = await start(3, { config: { operationGraphRequests: 2 } });
    const { data, errors = [] } = await ask(3, 'content { url size }');
    expect(ranges()).toHaveLength(1);
    const sizes = listAt(data, 'callRecordings.nodes').map((node) => typeof at(node, 'content.size'));
    expect(sizes.toSorted()).toEqual(['number', 'object', 'object']);
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(['BUDGET_EXCEEDED', 'BUDGET_EXCEEDED']);
    expect(errors.map(({ path }) => path?.slice(3))).toEqual([
      ['content', 'size'],
      ['content', 'size'],
    ]);
  });

  it.each([
    ['refuses', { kind: 'status', status: 403 }, 'FORBIDDEN'],
    ['knows no such recording', { kind: 'status', status: 404 }, 'NOT_FOUND'],
    ['answers with a page', { kind: 'html' }, 'UPSTREAM_ERROR'],
  ] as const)('fail alone where Graph %s, and the link remains', async (_, fault, code) => {
    const { ask, gateway } = await start(1);
    gateway.emulator.fail({ ...fault, match: { pathPattern: '/content$' } });
    expect(await ask(1, 'id content { url size }')).toMatchObject({
      data: {
        callRecordings: { nodes: [{ id: expect.any(String), content: { url: expect.any(String), size: null } }] },
      },
      errors: [{ path: ['callRecordings', 'nodes', 0, 'content', 'size'], extensions: { code } }],
    });
  });

  it('fail alone at the deadline of the operation', async () => {
    const clock = createDrivenClock();
    const { ask, gateway } = await start(1, { clock });
    const hold = gateway.emulator.hold({ pathPattern: '/content$' });
    const asked = ask(1, 'content { url size }');
    await hold.arrived(1);
    clock.advance(9_500);
    expect(await asked).toMatchObject({
      data: { callRecordings: { nodes: [{ content: { url: expect.any(String), size: null } }] } },
      errors: [{ extensions: { code: 'UPSTREAM_TIMEOUT' } }],
    });
  });
});
