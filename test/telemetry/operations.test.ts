/** Exactly what one operation counts: at the HTTP endpoint, in GraphQL, and toward Graph. */
import { describe, expect, it } from 'vitest';
import type { TestGatewayOptions } from '../support/gateway.ts';
import { startCounting } from '../support/metrics.ts';
import type { CountingGateway } from '../support/metrics.ts';

const LIST = `query List($organizer: ID!) {
  callRecordings(meetingOrganizerId: $organizer, first: 100) { nodes { id meeting { subject } } }
}`;

/** What every response of `/graphql` counts. */
const answered = (status = 200, method = 'POST') => ({
  [`gateway_http_requests_total{method="${method}",route="/graphql",status="${status}"}`]: 1,
  'gateway_http_request_duration_seconds_count{route="/graphql"}': 1,
});

const operation = (type: string, outcome: string) => ({
  [`gateway_graphql_operations_total{outcome="${outcome}",type="${type}"}`]: 1,
  [`gateway_graphql_operation_duration_seconds_count{type="${type}"}`]: 1,
});

const errors = (code: string, count = 1) => ({ [`gateway_graphql_errors_total{code="${code}"}`]: count });

const asked = (kind: string, outcomes: Readonly<Record<string, number>>) => ({
  ...Object.fromEntries(
    Object.entries(outcomes).map(([outcome, count]) => [
      `gateway_graph_requests_total{kind="${kind}",outcome="${outcome}"}`,
      count,
    ]),
  ),
  [`gateway_graph_request_duration_seconds_count{kind="${kind}"}`]: Object.values(outcomes).reduce((a, b) => a + b, 0),
});

const parts = (outcomes: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(outcomes).map(([outcome, count]) => [`gateway_graph_parts_total{outcome="${outcome}"}`, count]),
  );

/** What batches of these sizes count. */
function filled(...sizes: readonly number[]): Record<string, number> {
  const bounds = [1, 2, 5, 10, 15, 19, 20].map(
    (bound) =>
      [`gateway_graph_batch_parts_bucket{le="${bound}"}`, sizes.filter((size) => size <= bound).length] as const,
  );
  return {
    ...Object.fromEntries(bounds.filter(([, count]) => count > 0)),
    'gateway_graph_batch_parts_bucket{le="+Inf"}': sizes.length,
    gateway_graph_batch_parts_sum: sizes.reduce((a, b) => a + b, 0),
    gateway_graph_batch_parts_count: sizes.length,
  };
}

/** What one Retry-After counts; `bound` is its time in seconds. */
const waited = (bound: number) => ({
  ...Object.fromEntries(
    [1, 2, 5, 10, 30, 60, 120, 300, '+Inf']
      .filter((le) => le === '+Inf' || Number(le) >= bound)
      .map((le) => [`gateway_graph_retry_after_seconds_bucket{le="${le}"}`, 1]),
  ),
  gateway_graph_retry_after_seconds_sum: bound,
  gateway_graph_retry_after_seconds_count: 1,
});

const retried = { 'gateway_graph_retries_total{outcome="sent"}': 1 };

interface Case {
  readonly what: string;
  readonly options?: TestGatewayOptions;
  readonly prepare?: (gateway: CountingGateway) => void;
  readonly act?: (gateway: CountingGateway) => Promise<unknown>;
  readonly changes: Readonly<Record<string, number>>;
}

const user = ({ emulator }: CountingGateway): string => emulator.tenant.users[0]?.id ?? '';
const list = (gateway: CountingGateway): Promise<unknown> => gateway.query(LIST, { organizer: user(gateway) });
const get = ({ url }: CountingGateway, query: string, headers = {}): Promise<unknown> =>
  fetch(`${url}/graphql?${new URLSearchParams({ query }).toString()}`, { headers });

const CASES: readonly Case[] = [
  {
    what: 'a list with fifty meetings',
    options: { tenant: { users: 1, meetings: 50, recordings: 100 } },
    changes: {
      ...answered(),
      ...operation('query', 'ok'),
      ...asked('single', { '2xx': 1 }),
      ...asked('batch', { '2xx': 3 }),
      ...parts({ '2xx': 51 }),
      ...filled(20, 20, 10),
    },
  },
  {
    what: 'a batch with a part that fails',
    prepare: ({ emulator }) =>
      emulator.fail({ kind: 'status', status: 500, match: { pathPattern: 'onlineMeetings/(?!getAll)' } }),
    changes: {
      ...answered(),
      ...operation('query', 'partial'),
      ...errors('UPSTREAM_UNAVAILABLE'),
      ...asked('single', { '2xx': 1 }),
      ...asked('batch', { '2xx': 1 }),
      ...parts({ '2xx': 3, '5xx': 1 }),
      ...filled(3),
    },
  },
  {
    what: 'a request that is throttled and retried',
    prepare: ({ emulator }) =>
      emulator.fail({ kind: 'status', status: 429, retryAfterSeconds: 0.001, match: { path: 'getAllRecordings' } }),
    changes: {
      ...answered(),
      ...operation('query', 'ok'),
      ...asked('single', { '429': 1, '2xx': 1 }),
      ...asked('batch', { '2xx': 1 }),
      ...parts({ '2xx': 4, '429': 1 }),
      ...filled(3),
      ...waited(0.001),
      ...retried,
      // A retry adds nothing to a full budget.
      gateway_graph_retry_budget_remaining: -0.8,
    },
  },
  {
    what: 'an HTML page instead of a response of Graph',
    prepare: ({ emulator }) => emulator.fail({ kind: 'html', match: { path: 'getAllRecordings' } }),
    changes: {
      ...answered(),
      ...operation('query', 'failed'),
      ...errors('UPSTREAM_ERROR'),
      ...asked('single', { malformed: 1 }),
      ...parts({ malformed: 1 }),
    },
  },
  {
    what: 'an object that does not exist in Graph',
    prepare: ({ emulator }) => emulator.fail({ kind: 'status', status: 404, match: { path: 'getAllRecordings' } }),
    changes: {
      ...answered(),
      ...operation('query', 'failed'),
      ...errors('NOT_FOUND'),
      ...asked('single', { '4xx': 1 }),
      ...parts({ '4xx': 1 }),
    },
  },
  {
    what: 'a document that is not GraphQL',
    act: (gateway) => gateway.query('{'),
    changes: {
      ...answered(),
      ...operation('unknown', 'failed'),
      ...errors('GRAPHQL_PARSE_FAILED'),
    },
  },
  {
    what: 'a document that is not valid, by GET',
    act: (gateway) => get(gateway, '{ nothing }', { accept: 'application/graphql-response+json' }),
    changes: {
      ...answered(400, 'GET'),
      ...operation('query', 'failed'),
      ...errors('GRAPHQL_VALIDATION_FAILED'),
    },
  },
  {
    what: 'a document that is not valid, for events',
    act: async (gateway) => {
      const response = await fetch(`${gateway.url}/graphql?query=%7B%20nothing%20%7D`, {
        headers: { accept: 'text/event-stream' },
      });
      await response.text();
    },
    changes: {
      'gateway_http_requests_total{method="GET",route="/graphql",status="200"}': 1,
      'gateway_graphql_operations_total{outcome="failed",type="unknown"}': 1,
      ...errors('GRAPHQL_VALIDATION_FAILED'),
    },
  },
  {
    what: 'a query that is sent for events',
    act: async (gateway) => {
      const response = await fetch(`${gateway.url}/graphql?query=%7B%20__typename%20%7D`, {
        headers: { accept: 'text/event-stream' },
      });
      await response.text();
    },
    changes: {
      'gateway_http_requests_total{method="GET",route="/graphql",status="200"}': 1,
      ...operation('query', 'ok'),
    },
  },
  {
    what: 'a request that may be forged, which does not count as an operation',
    act: (gateway) => get(gateway, '{ __typename }', { 'sec-fetch-site': 'cross-site' }),
    changes: answered(400, 'GET'),
  },
  {
    what: 'an unknown path with a rare method',
    act: ({ url }) => fetch(`${url}/users/somebody`, { method: 'PROPFIND' }),
    changes: {
      'gateway_http_requests_total{method="OTHER",route="none",status="404"}': 1,
      'gateway_http_request_duration_seconds_count{route="none"}': 1,
    },
  },
];

describe('The counters of one operation', () => {
  it.each(CASES)('change by exactly the expected amounts: $what', async ({ options, prepare, act = list, changes }) => {
    const gateway = await startCounting(options);
    prepare?.(gateway);
    expect(await gateway.changesOf(() => act(gateway))).toEqual(
      Object.fromEntries(Object.entries(changes).map(([series, change]) => [series, expect.closeTo(change)])),
    );
  });
});
