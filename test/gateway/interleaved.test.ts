import { describe, expect, it } from 'vitest';
import type { RequestLogEntry } from '../../src/emulator/http/request-log.ts';
import { startChain } from '../support/chain.ts';
import { at } from '../support/gateway.ts';
import type { GraphQLResponse } from '../support/gateway.ts';
import { createDraw, drawOperation } from '../support/random-operation.ts';
import type { Cursor } from '../support/random-operation.ts';
import { CALLERS, MEETINGS, PEOPLE, SHARED_ORGANIZERS, fillTenant, maySee, writerOf } from '../support/visibility.ts';
import type { Answer, Caller } from '../support/visibility.ts';

/** Another seed makes other operations. */
const SEED = 20_261_123;
const WAVES = 20;
const OPERATIONS_IN_A_WAVE = 100;

type AskAs = (caller: Caller, document: string) => Promise<GraphQLResponse>;

/** Errors in lower case: callers that share a request see the path in the letter case of the first. */
const folded = (errors: readonly string[]): string[] => errors.map((error) => error.toLowerCase()).toSorted();

/** A response, in the form of an expected answer. */
function read({ data, errors = [] }: GraphQLResponse): Answer {
  const told = errors.map(({ message, path = [], extensions = {} }) => {
    const [, asked] = /^Microsoft Graph responded to GET (\S+) with 403 \(/.exec(message) ?? [];
    const code = String(extensions['code']);
    return `${path.map((step) => `.${step}`).join('')} ${asked === undefined ? code : `${code} ${asked}`}`;
  });
  return { data, errors: folded(told) };
}

/** Lets every caller fetch the cursors of all the lists that they may see. */
async function cursorsOf(ask: AskAs): Promise<Cursor[]> {
  const list = '(first: 2) { pageInfo { endCursor } }';
  const lists = PEOPLE.flatMap((through) => [null, ...MEETINGS].map((meeting) => ({ through, meeting })));
  const asked = CALLERS.flatMap((caller) =>
    lists.map(async ({ through, meeting }) => {
      const field =
        meeting === null
          ? `user(id: "${through.id}") { list: callRecordings${list} }`
          : `onlineMeeting(organizerId: "${through.id}", id: "${meeting.id}") { list: recordings${list} }`;
      const text = at((await ask(caller, `{ it: ${field} }`)).data, 'it.list.pageInfo.endCursor');
      return typeof text === 'string' ? [{ through, meeting, text }] : [];
    }),
  );
  return (await Promise.all(asked)).flat();
}

/** The paths that one HTTP request asks for. */
function pathsOf({ url, parts }: RequestLogEntry): string[] {
  return parts?.map((part) => part.url) ?? [url.slice('/v1.0'.length)];
}

/** The letters of the callers in one HTTP request, from its own id and from its paths. */
function askersOf(entry: RequestLogEntry): Set<string> {
  const letters = pathsOf(entry).flatMap((path) => writerOf(path)?.caller.letter ?? []);
  return new Set([String(entry.headers['client-request-id']).slice(0, 1), ...letters]);
}

describe('Concurrent callers', () => {
  it.each([
    ['as the application', {}],
    ['on behalf of the caller', { GRAPH_ON_BEHALF_OF: 'true', ON_BEHALF_OF_APPLICATION: 'true' }],
  ])('each receive exactly what they may see, where Graph is called %s', async (_, env) => {
    const onBehalf = 'GRAPH_ON_BEHALF_OF' in env;
    const { askWith, emulator, entra } = await startChain({
      SHARED_ORGANIZERS: SHARED_ORGANIZERS.map(({ id }) => id).join(','),
      // With few requests in flight, more of them wait and share a batch.
      GRAPH_CONCURRENCY: '2',
      ...env,
    });
    fillTenant(emulator);
    emulator.settings.pageSize = 3;
    const tokens = new Map(
      await Promise.all(
        CALLERS.map(async (caller) => {
          const { person, roles } = caller;
          return [caller, await entra.issue({ objectId: person.id, roles })] as const;
        }),
      ),
    );
    const ask: AskAs = (caller, document) =>
      askWith(document, tokens.get(caller) ?? '', `${caller.letter}.${crypto.randomUUID()}`);

    const draw = createDraw(SEED);
    const cursors = await cursorsOf(ask);
    for (let wave = 0; wave < WAVES; wave += 1) {
      const operations = Array.from({ length: OPERATIONS_IN_A_WAVE }, async () => {
        const caller = draw.of(CALLERS);
        const { document, answer } = drawOperation({ ...draw, caller, onBehalf, cursors });
        const asked = { seed: SEED, document: `${caller.person.name} asks ${document}` };
        expect({ ...asked, ...read(await ask(caller, document)) }).toEqual({
          ...asked,
          ...answer,
          errors: folded(answer.errors),
        });
      });
      await Promise.all(operations);
    }

    const askedAs = (as: 'application' | 'delegated' | 'none'): RequestLogEntry[] =>
      emulator.requests.filter(({ headers }) => headers.authorization === as);
    // As the application, no request exceeds what its caller may see, and callers do share batches.
    const forbidden = askedAs('application')
      .flatMap(pathsOf)
      .filter((path) => {
        const writer = writerOf(path);
        return writer !== null && !maySee(writer.caller, writer.of);
      });
    expect(forbidden).toEqual([]);
    expect(askedAs('application').some((entry) => askersOf(entry).size > 1)).toBe(true);
    // On behalf of callers, only operations of one caller share batches: none alone has 20 parts.
    expect(askedAs('delegated').filter((entry) => askersOf(entry).size > 1)).toEqual([]);
    expect(askedAs('delegated').some(({ parts }) => parts?.length === 20)).toBe(onBehalf);
    expect(askedAs('none')).toEqual([]);
  });
});
