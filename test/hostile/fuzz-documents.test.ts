import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/graphql/errors.ts';
import { createSchema } from '../../src/graphql/schema/schema.ts';
import { DOORS, askBy } from '../support/doors.ts';
import type { Door } from '../support/doors.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { mutateText, mutateValue } from '../support/mutation.ts';
import { createDrawDocument } from '../support/random-document.ts';
import { createDraw } from '../support/random-operation.ts';

/** All documented codes except INTERNAL_SERVER_ERROR, that of unforeseen errors. */
const FORESEEN = new Set<unknown>(
  [...errorCodes, 'GRAPHQL_PARSE_FAILED', 'OPERATION_RESOLUTION_FAILURE', 'PERSISTED_QUERY_NOT_FOUND'].filter(
    (code) => code !== 'INTERNAL_SERVER_ERROR',
  ),
);

const drawDocument = createDrawDocument(createSchema());

/** Sends a request by one door. Resolves with the error codes, and rejects when one is unforeseen. */
async function codesOf(
  door: Door,
  gateway: TestGateway,
  request: Readonly<Record<string, unknown>>,
): Promise<unknown[]> {
  const { errors = [] } = await askBy(door, gateway.url, request);
  const codes = errors.map(({ extensions }) => extensions?.['code']);
  const unforeseen = codes.filter((code) => !FORESEEN.has(code));
  if (unforeseen.length > 0) throw new Error(`Expected no ${unforeseen.join()} for ${JSON.stringify(request)}.`);
  return codes;
}

describe('A random document', () => {
  it.each(DOORS)('is answered, or refused as documented, over %s', async (door) => {
    const draw = createDraw(DOORS.indexOf(door));
    const gateway = await startGateway();
    let answered = 0;
    for (let round = 0; round < (door === 'POST' ? 250 : 60); round += 1) {
      const codes = await codesOf(door, gateway, { query: drawDocument(draw) });
      if (codes.length === 0) answered += 1;
    }
    expect(answered).toBeGreaterThan(0);
    expect(
      gateway
        .logged()
        .split('\n')
        .filter((line) => line.includes('unexpected error')),
    ).toEqual([]);
  });

  it('is answered, or refused as documented, after a random change', async () => {
    const draw = createDraw(9);
    const gateway = await startGateway();
    for (let round = 0; round < 300; round += 1)
      await codesOf('POST', gateway, { query: mutateText(draw, drawDocument(draw)) });
    expect(gateway.logged()).not.toContain('unexpected error');
  });
});

describe('A randomly changed request', () => {
  it.each(DOORS.filter((door) => door !== 'websocket'))(
    'is answered, or refused as documented, over %s',
    async (door) => {
      const draw = createDraw(20 + DOORS.indexOf(door));
      const gateway = await startGateway();
      const genuine = {
        query: 'query A($id: ID!) { user(id: $id) { id } }',
        operationName: 'A',
        variables: { id: 'a' },
        extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } },
      };
      for (let round = 0; round < 100; round += 1) {
        const request: unknown = mutateValue(draw, genuine);
        await codesOf(
          door,
          gateway,
          request instanceof Object ? Object.fromEntries(Object.entries(request)) : { query: request },
        );
      }
      expect(gateway.logged()).not.toContain('unexpected error');
    },
  );
});
