import { describe, expect, it } from 'vitest';
import { repeat } from '../support/document.ts';
import { at, listAt, startGateway } from '../support/gateway.ts';

const ORGANIZER = '$organizer: ID = "a"';

/** The cost that the refusal states; null when the operation is executed. */
async function costOf(document: string, variables?: Record<string, unknown>): Promise<number | null> {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(document, variables);
  if (data !== undefined) return null;
  expect(gateway.requests()).toEqual([]);
  expect(errors).toEqual([
    {
      message: expect.stringMatching(/^An operation can cost at most 100000, .* Request fewer items at once/),
      locations: [{ line: 1, column: 1 }],
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    },
  ]);
  return Number(/can cost (\d+)\./.exec(errors?.[0]?.message ?? '')?.[1]);
}

/** Recordings of the meetings of recordings; `outer` and `inner` are page arguments. */
function nested(outer: string, inner: string): string {
  return `callRecordings(meetingOrganizerId: $organizer${outer}) { nodes { meeting { recordings${inner} { nodes { id } } } } }`;
}

/** Twenty for each connection, item and meeting, and one for each id. */
function costOfNested(outer: number, inner: number): number {
  return 20 + outer * (20 + 20 + 20 + inner * (20 + 1));
}

function representations(length: number): unknown[] {
  return Array.from({ length }, (_, index) => ({ __typename: 'User', id: `user-${index}` }));
}

describe('The cost of an operation', () => {
  it.each<[string, string, string, Record<string, unknown>, number]>([
    ['as they are written', '', nested(', first: 90', '(first: 80)'), {}, costOfNested(90, 80)],
    ['as large as they can be', '', nested(', first: 999', '(first: 100)'), {}, costOfNested(100, 100)],
    ['of the variables', ', $n: Int', nested(', first: $n', '(first: $n)'), { n: 80 }, costOfNested(80, 80)],
    ['of their defaults', ', $n: Int = 70', nested(', first: $n', '(first: $n)'), {}, costOfNested(70, 70)],
    ['before their defaults', ', $n: Int = 1', nested(', first: $n', '(first: $n)'), { n: 80 }, costOfNested(80, 80)],
    [
      'of which a negative one counts as one item',
      '',
      `${nested(', first: 100', '(first: 100)')} b: ${nested(', first: -9999', '(first: -9999)')}`,
      {},
      costOfNested(100, 100) + costOfNested(1, 1),
    ],
    [
      'left out',
      '',
      ['', 'b: ', 'c: '].map((alias) => alias + nested('', '(first: 100)')).join(' '),
      {},
      3 * costOfNested(20, 100),
    ],
  ])('grows with the page sizes: %s', async (_, definitions, selection, variables, cost) => {
    expect(await costOf(`query (${ORGANIZER}${definitions}) { ${selection} }`, variables)).toBe(cost);
  });

  it('includes fields selected through fragments', async () => {
    const selection = 'callRecordings(meetingOrganizerId: $organizer, first: 100) { ...A }';
    const document = `query (${ORGANIZER}) { ${selection} }
      fragment A on CallRecordingConnection { nodes { ... { ...B } } }
      fragment B on CallRecording { meeting { recordings(first: 100) { ... on CallRecordingConnection { edges { node { id } } } } } }`;
    expect(await costOf(document)).toBe(20 + 100 * (20 + 20 + 20 + 100 * (20 + 20 + 1)));
  });

  it('counts the pageInfo of a page once', async () => {
    const page =
      'first: 100) { pageInfo { endCursor } edges { node { meeting { recordings(first: 90) { nodes { id } pageInfo { endCursor } } } } } }';
    const below = 20 + 20 + 20 + (20 + 90 * (20 + 1) + 20 + 1);
    expect(await costOf(`query (${ORGANIZER}) { callRecordings(meetingOrganizerId: $organizer, ${page} }`)).toBe(
      20 + 20 + 1 + 100 * below,
    );
  });

  it('counts a fragment with the size of each page that spreads it', async () => {
    const document = `query (${ORGANIZER}) {
      a: callRecordings(meetingOrganizerId: $organizer, first: 100) { ...A }
      b: callRecordings(meetingOrganizerId: $organizer, first: 50) { ...A }
    } fragment A on CallRecordingConnection { nodes { meeting { recordings(first: 40) { nodes { id } } } } }`;
    expect(await costOf(document)).toBe(costOfNested(100, 40) + costOfNested(50, 40));
  });

  it('counts a cursor as two objects', async () => {
    const lists = Array.from(
      { length: 15 },
      (_, index) =>
        `a${index}: callRecordings(meetingOrganizerId: $organizer, first: 100) { edges { cursor node { id } } }`,
    );
    expect(await costOf(`query (${ORGANIZER}) { ${lists.join(' ')} }`)).toBe(15 * (20 + 100 * (20 + 40 + 20 + 1)));
  });

  it('counts a link to content like a cursor, and a value that needs its own request to Graph like ten objects', async () => {
    const contents = repeat(5, (index) => `c${index}: content { url size contentType }`);
    const page = `first: 100) { nodes { ${contents} } }`;
    expect(await costOf(`query (${ORGANIZER}) { callRecordings(meetingOrganizerId: $organizer, ${page} }`)).toBe(
      20 + 100 * (20 + 5 * (20 + 40 + 200 + 200)),
    );
  });

  it('counts each representation', async () => {
    const document = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }';
    expect(await costOf(document, { r: representations(2_400) })).toBe(2 * 2_400 * (20 + 1));
    expect(await costOf(document, { r: representations(2_000) })).toBeNull();
  });

  it('counts a single representation like a list of one', async () => {
    const lists = nested('', '(first: 100)').replace('meetingOrganizerId: $organizer', 'first: 100');
    const document = `{ _entities(representations: { __typename: "User", id: "a" }) { ... on User { ${lists} } } }`;
    expect(await costOf(document)).toBe(2 * (20 + costOfNested(100, 100)));
  });

  it('depends on the variables of each request, even for a repeated document', async () => {
    const gateway = await startGateway();
    const pages = `query (${ORGANIZER}, $n: Int) { ${nested(', first: 100', '(first: $n)')} }`;
    const keys = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }';
    const all = nested(', first: 100', '(first: 100)');
    const included = `query (${ORGANIZER}, $all: Boolean!) { __typename ... @include(if: $all) { ${all} } }`;
    const skipped = `query (${ORGANIZER}, $none: Boolean = true) { __typename ...F @skip(if: $none) } fragment F on Query {
      callRecordings(meetingOrganizerId: $organizer, first: 100) { nodes { meeting { recordings(first: 100) { nodes { id } } } } }
    }`;
    for (const [document, small, large] of [
      [pages, { n: 1 }, { n: 100 }],
      [keys, { r: representations(1) }, { r: representations(2_400) }],
      [included, { all: false }, { all: true }],
      [skipped, {}, { none: false }],
    ] as const)
      for (const variables of [small, large, small, large]) {
        // oxlint-disable-next-line no-await-in-loop -- in sequence, so that an earlier cost could be cached
        const { errors } = await gateway.query(document, variables);
        const isDear = errors?.[0]?.message.startsWith('An operation can cost at most') === true;
        expect(isDear).toBe(variables === large);
      }
  });

  it('is 100,000 and no more', async () => {
    const users = Array.from({ length: 18 }, (_, index) => `u${index}: user(id: "a") { id }`).join(' ');
    const document = `query (${ORGANIZER}) { ${nested(', first: 50', '(first: 92)')} ${users} a: __typename b: __typename`;
    expect(costOfNested(50, 92) + 18 * (20 + 1) + 2).toBe(100_000);
    expect(await costOf(`${document} }`)).toBeNull();
    expect(await costOf(`${document} c: __typename }`)).toBe(100_001);
  });

  it('counts only the operation that operationName selects', async () => {
    const gateway = await startGateway();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `query Small { __typename } query Large(${ORGANIZER}) { ${nested(', first: 100', '(first: 100)')} }`,
        operationName: 'Small',
      }),
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('allows a full page of recordings with their meetings and participants', async () => {
    const gateway = await startGateway({ tenant: { users: 1, meetings: 3, recordings: 100 } });
    const { data, errors } = await gateway.query(
      `query ($organizer: ID!) {
        callRecordings(meetingOrganizerId: $organizer, first: 100) {
          edges { cursor }
          nodes {
            id callId contentCorrelationId createdDateTime endDateTime meetingId meetingOrganizerId recordingContentUrl
            meetingOrganizer { user { id displayName tenantId userIdentityType } }
            meeting {
              subject startDateTime endDateTime joinWebUrl meetingType allowedPresenters allowRecording
              chatInfo { threadId }
              participants {
                organizer { upn role identity { user { id displayName } } }
                attendees { upn role identity { user { id displayName } } }
              }
            }
          }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      { organizer: gateway.emulator.tenant.users[0]?.id },
    );
    expect(errors).toBeUndefined();
    expect(listAt(data, 'callRecordings.nodes')).toHaveLength(100);
    expect(at(data, 'callRecordings.pageInfo.hasNextPage')).toBe(false);
  });

  it('counts the content of joinInformation, a text that may be long, as 200', async () => {
    const contents = Array.from({ length: 30 }, (_, index) => `c${index}: content`).join(' ');
    const document = `query (${ORGANIZER}) {
      callRecordings(meetingOrganizerId: $organizer, first: 100) { nodes { meeting { joinInformation { ${contents} } } } }
    }`;
    expect(await costOf(document)).toBe(20 + 100 * (20 + 20 + 20 + 30 * 200));
  });

  it.each([
    ['the times of the fields of an operation', 10, true],
    ['no times where to take them would cost too much, but the answer', 90, false],
  ])(
    'decides whether the answer has the requested trace: %s (%i lists of 10, traced: %s)',
    async (_, first, isTimed) => {
      const gateway = await startGateway({ tenant: { users: 1, meetings: 3, recordings: 100 } });
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'apollo-federation-include-trace': 'ftv1' },
        body: JSON.stringify({
          query: `query ($organizer: ID!) { ${nested(`, first: ${first}`, '(first: 10)')} }`,
          variables: { organizer: gateway.emulator.tenant.users[0]?.id },
        }),
      });
      const answer: unknown = await response.json();
      expect(listAt(answer, 'data.callRecordings.nodes')).toHaveLength(first);
      const trace = Buffer.from(String(at(answer, 'extensions.ftv1')), 'base64').toString('latin1');
      expect(trace.includes('callRecordings')).toBe(isTimed);
    },
  );

  it('does not change the refusal of a wrong variable, even if the requested trace would cost too much', async () => {
    const gateway = await startGateway();
    const answers = ['none', 'ftv1'].map(async (trace) => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          accept: 'application/graphql-response+json',
          'content-type': 'application/json',
          'apollo-federation-include-trace': trace,
        },
        body: JSON.stringify({
          query: `query (${ORGANIZER}, $start: DateTime) { ${nested(', first: 90, startDateTime: $start', '(first: 10)')} }`,
          variables: { start: 'yesterday' },
        }),
      });
      const answer: unknown = await response.json();
      return { status: response.status, errors: at(answer, 'errors'), data: at(answer, 'data') };
    });
    const [plain, traced] = await Promise.all(answers);
    expect(plain).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }], data: undefined });
    expect(traced).toEqual(plain);
  });
});
