import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { getAllRecordingsPath } from '../../src/msgraph/path.ts';
import { createSeal } from '../../src/recordings/seal.ts';
import { DOORS, askBy } from '../support/doors.ts';
import { createTestStore, startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';

const KEY = Buffer.alloc(32, 7);

/** A gateway with the defaults that apply without an emulator of its own. */
function start(store = createTestStore()): Promise<TestGateway> {
  const { introspection, playground, viewer } = readConfig({
    GRAPH_BASE_URL: 'http://127.0.0.1:1',
    GRAPH_TOKEN: 'a-token',
  });
  return startGateway({ store, config: { introspection, playground, viewer, sealingKeys: [KEY] } });
}

const INTROSPECTIONS: Readonly<Record<string, string>> = {
  'the whole schema': getIntrospectionQuery(),
  'one type': '{ __type(name: "User") { name } }',
  'it in a fragment': '{ ...A } fragment A on Query { __schema { queryType { name } } }',
  'it under another name': '{ typename: __schema { __typename } }',
};

/** Documents that are nearly right, for which the schema has hints. */
const NEARLY: readonly string[] = [
  '{ usr(id: "a") { id } }',
  '{ user(idd: "a") { id } }',
  '{ user(id: "a") { displayNam } }',
  '{ user(id: "a") { ... on Usr { id } } }',
  'query ($id: IDD!) { user(id: $id) { id } }',
  '{ user(id: "a") { id @skp(if: true) } }',
  '{ user(id: "a") { ...Frgment } } fragment Fragment on User { id }',
  'subscription { callRecordingDelt(meetingOrganizerId: "a") { token } }',
  'mutation { usr { id } }',
];

/** Input that breaks the gateway's own code: validly sealed, with invalid content. */
const seal = createSeal([KEY]);
const CURSOR = seal.seal(getAllRecordingsPath('a', {}), '{}');
const STUMBLES: readonly (readonly [document: string, doors: readonly (typeof DOORS)[number][]])[] = [
  [`{ callRecordings(meetingOrganizerId: "a", after: "${CURSOR}") { nodes { id } } }`, DOORS],
];

describe('In production', () => {
  it.each(DOORS.flatMap((door) => Object.entries(INTROSPECTIONS).map(([what, query]) => ({ door, what, query }))))(
    'introspection is refused: $what over $door',
    async ({ door, query }) => {
      const { data, errors } = await askBy(door, (await start()).url, { query });
      expect(data).toBeUndefined();
      expect(errors?.[0]?.extensions?.['code']).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(JSON.stringify(errors)).toContain('is disabled. Ask the operator to set INTROSPECTION=true');
    },
  );

  it('errors give no hint at the schema, over every door', async () => {
    const { url } = await start();
    const asked = DOORS.flatMap((door) => NEARLY.map((query) => askBy(door, url, { query })));
    for (const { data, errors } of await Promise.all(asked)) {
      expect(data).toBeUndefined();
      expect(errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(errors)).not.toMatch(/did you mean|user"|"id"\?|displayName/i);
    }
  });

  it.each(STUMBLES.flatMap(([query, doors]) => doors.map((door) => ({ door, query }))))(
    'an unexpected error does not reveal its cause: over $door',
    async ({ door, query }) => {
      const gateway = await start();
      const { errors } = await askBy(door, gateway.url, { query });
      expect(errors).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(/^The gateway failed with an internal error\. Its log contains the reason/),
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        }),
      ]);
      expect(gateway.logged()).toContain('unexpected error');
    },
  );

  it.each(['events', 'events by GET', 'websocket'] as const)(
    'an unexpected error in a subscription does not reveal its cause: over %s',
    async (door) => {
      const gateway = await start({
        ...createTestStore(),
        readLog: () => Promise.reject(new TypeError('a-marked-secret')),
      });
      const organizer = gateway.emulator.tenant.users[0]?.id ?? '';
      const query = `subscription { callRecordingDelta(meetingOrganizerId: "${organizer}") { token } }`;
      const { errors } = await askBy(door, gateway.url, { query });
      expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
      expect(JSON.stringify(errors)).not.toContain('a-marked-secret');
    },
  );

  it.each(['/', '/watch', '/watch/assets/index.js', '/graphiql', '/.env', '/metrics/../.env'])(
    'no page exists at %s',
    async (path) => {
      const response = await fetch(`${(await start()).url}${path}`, { headers: { accept: 'text/html' } });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    },
  );
});
