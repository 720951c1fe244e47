import { describe, expect, it } from 'vitest';
import { exampleOperations, exampleOperationsToFillIn } from '../../src/graphql/example-operations.ts';
import { readVersion } from '../../src/version.ts';
import { named } from '../support/example-operation.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';

const demo = { tenant: 'demo', settings: { pageSize: 10 } } as const;
const open = { ...demo, config: { playground: true } } as const;
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

function hasOneAnswer({ operation }: { readonly operation: string }): boolean {
  return !operation.includes('\nsubscription ');
}

/** The paths of the empty values in an answer: null, an empty text, an empty list. */
function holes(value: unknown, path: string): string[] {
  if (value instanceof Object && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, member]) => holes(member, `${path}.${name}`));
  return value === null || value === '' || value instanceof Object ? [path] : [];
}

describe('an example', () => {
  it.each(named(exampleOperations).filter(hasOneAnswer))(
    '$name is answered in full over the demo tenant',
    async ({ operation }) => {
      const gateway = await startGateway(demo);

      const { data, errors } = await gateway.query(operation);

      expect(errors).toBeUndefined();
      expect(holes(data, 'data')).toEqual([]);
    },
  );

  it('Pages leads through all the recordings of the organizer', async () => {
    const gateway = await startGateway(demo);
    const [pages] = named(exampleOperations).filter(({ name }) => name === 'Pages');
    const seen: unknown[] = [];
    let after: unknown = null;
    do {
      const { data } = await gateway.query(pages?.operation ?? '', { after });
      seen.push(...listAt(data, 'callRecordings.nodes').map((node) => at(node, 'id')));
      after = at(data, 'callRecordings.pageInfo.hasNextPage') === true && at(data, 'callRecordings.pageInfo.endCursor');
    } while (after !== false);

    const [organizer] = gateway.emulator.tenant.users;
    const all = gateway.emulator.tenant.recordingsOfOrganizer(organizer?.id ?? '').map(({ id }) => id);
    expect(seen).toEqual(all);
    expect(all.length).toBeGreaterThan(8);
  });

  it.each(named(exampleOperationsToFillIn).filter(hasOneAnswer))(
    '$name requires its ids as variables if the tenant is not the demo',
    async ({ operation }) => {
      const gateway = await startGateway(demo);

      const { data, errors } = await gateway.query(operation);

      expect(data).toBeUndefined();
      expect(errors?.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/^Variable "\$\w+" of required type "\w+!" was not provided\./u),
      );
      expect(gateway.paths()).toEqual([]);
      const { users, meetings } = gateway.emulator.tenant;
      const ids = [...users.map(({ id }) => id), ...meetings.flatMap(({ id, joinMeetingId }) => [id, joinMeetingId])];
      expect(ids.filter((id) => operation.includes(id))).toEqual([]);
    },
  );
});

describe('the endpoint of the playground', () => {
  it.each([
    { over: 'the embedded emulator', graph: { kind: 'emulator' }, knowsTheDemo: true },
    { over: 'another Graph', graph: { kind: 'token', origin: 'http://127.0.0.1:1', token: 'x' }, knowsTheDemo: false },
  ] as const)('knows the ids of the demo only over the demo: over $over', async ({ graph, knowsTheDemo }) => {
    const gateway = await startGateway({ ...demo, config: { playground: true, graph } });

    const page = await (await fetch(gateway.url, { headers: html })).text();

    expect(page.includes(gateway.emulator.tenant.users[0]?.id ?? '')).toBe(knowsTheDemo);
  });

  it('serves the page with its policy to clients that accept HTML, to be revalidated each time', async () => {
    const gateway = await startGateway(open);

    const response = await fetch(gateway.url, { headers: html });

    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const policy = response.headers.get('content-security-policy')?.split('; ') ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContainEqual(expect.stringMatching(/^script-src( 'sha256-[\w+/]{43}=')+$/u));
  });

  it('compresses the page for clients that accept gzip, and sends the same page to others', async () => {
    const gateway = await startGateway(open);
    const get = (encoding: string): Promise<Response> =>
      fetch(gateway.url, { headers: { ...html, 'accept-encoding': encoding } });

    const [compressed, whole, refused] = await Promise.all(['br, gzip', 'identity', 'gzip;q=0'].map(get));

    expect(compressed?.headers.get('content-encoding')).toBe('gzip');
    expect(Number(compressed?.headers.get('content-length'))).toBeLessThan(3_000_000);
    expect(whole?.headers.get('content-encoding')).toBeNull();
    expect(refused?.headers.get('content-encoding')).toBeNull();
    expect(await compressed?.text()).toBe(await whole?.text());
  });

  it('answers 304 if the browser has the page', async () => {
    const gateway = await startGateway(open);
    const { headers } = await fetch(gateway.url, { headers: html });

    const again = await fetch(gateway.url, { headers: { ...html, 'if-none-match': headers.get('etag') ?? '' } });
    const other = await fetch(gateway.url, { headers: { ...html, 'if-none-match': 'W/"another"' } });

    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect(other.status).toBe(200);
  });

  it('answers HEAD with the headers alone', async () => {
    const gateway = await startGateway(open);

    const response = await fetch(gateway.url, { method: 'HEAD', headers: html });

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe('');
  });

  it.each(['*/*', 'application/json', 'text/html;q=0, */*'])(
    'tells clients that accept %s the path of GraphQL',
    async (accept) => {
      const gateway = await startGateway(open);

      const response = await fetch(gateway.url, { headers: { accept } });

      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await response.json()).toEqual({
        title: `Call recordings ${readVersion()} over an emulator`,
        graphql: '/graphql',
      });
    },
  );

  it('answers 404 if the playground is off', async () => {
    const gateway = await startGateway({ ...demo, config: { playground: false } });

    expect((await fetch(gateway.url, { headers: html })).status).toBe(404);
  });
});

describe('GraphQL itself', () => {
  it.each([
    ['names the playground to a person who opens it in a browser', html, true, true],
    ['names no playground where there is none', html, false, false],
    ['does not name the playground to clients', { accept: 'application/json' }, true, false],
  ])('%s', async (_, headers, playground, isNamed) => {
    const gateway = await startGateway({ ...demo, config: { playground } });
    const response = await fetch(`${gateway.url}/graphql`, { headers });
    expect(response.status).toBe(400);
    const { errors } = await response.json();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(String(at(errors, '0.message')).includes('playground at "/"')).toBe(isNamed);
  });
});
