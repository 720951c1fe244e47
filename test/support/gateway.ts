/** Everything for an end-to-end test: an emulator, a gateway over it, and a function to query it. */
import { pino } from 'pino';
import { inject, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import { createEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/emulator.ts';
import { createGateway } from '../../src/gateway.ts';
import type { Gateway } from '../../src/gateway.ts';
import { openGraphAccess } from '../../src/graph-access.ts';
import type { GraphAccess } from '../../src/graph-access.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What executes queries, by the projects of vitest.config.ts. */
    readonly executedBy: 'a plan' | 'GraphQL.js';
  }
}

/** A store like that of a single replica. */
export function createTestStore(clock: Clock = systemClock): Store {
  return createMemoryStore({ retention: { records: 1_000, idleMs: 24 * 60 * 60_000 }, clock });
}

/**
 * The variables of a gateway in a test. A test keeps the event loop busy, which it shares with the gateway, and other
 * tests keep the machine busy: no request may be refused because of that.
 */
export const IN_A_TEST = { PORT: '0', OVERLOAD_DELAY_MS: '60000' };

export interface TestGatewayOptions {
  /** An emulator that is running already; else one is started that ends with the test. */
  readonly emulator?: Emulator;
  readonly tenant?: EmulatorOptions['tenant'];
  readonly settings?: EmulatorOptions['settings'];
  /** Whether the emulator can be set up over HTTP too. */
  readonly control?: boolean;
  readonly config?: Partial<Config>;
  readonly clock?: Clock;
  /** The share of the longest wait that each retry takes, from 0 to 1; random when left out. */
  readonly random?: () => number;
  readonly store?: Store;
  /** The metrics; none when left out. */
  readonly metrics?: Metrics;
  /** The least level that is logged; everything when left out. */
  readonly logLevel?: 'debug' | 'silent';
  /** At which of its requests an operation is planned; 1 when left out. */
  readonly plannedAfter?: number;
  /** The access to Graph, if Graph is not the emulator of the gateway. */
  readonly graph?: GraphAccess;
}

export interface TestGateway extends Gateway {
  readonly emulator: Emulator;
  /** The HTTP requests that reached Graph: `GET /v1.0/...`, or `POST /v1.0/$batch of 20`. */
  requests(): string[];
  /** Every path requested of Graph below the version, alone or as part of a batch. */
  paths(): string[];
  /** Every line that the gateway has logged. */
  logged(): string;
  /** Sends a POST and gives the whole response. */
  query(
    document: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<GraphQLResponse>;
}

export interface GraphQLResponse {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLResponseError[];
}

export interface GraphQLResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The value at a path of a response, `callRecordings.nodes` for instance; undefined if there is none. */
export function at(data: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value instanceof Object ? Reflect.get(value, name) : undefined), data);
}

/** The list at a path of a response. Throws if there is none. */
export function listAt(data: unknown, path: string): unknown[] {
  const list = at(data, path);
  if (Array.isArray(list)) return list;
  throw new Error(`Expected a list at ${path}, but ${JSON.stringify(list)} is there.`);
}

async function startEmulator({ tenant, settings, control = false, clock }: TestGatewayOptions): Promise<Emulator> {
  const emulator = await createEmulator({
    tenant: tenant ?? { users: 1, meetings: 3, recordings: 3 },
    settings: { pageSize: 100, ...settings },
    control,
    // A driven clock drives both.
    ...(clock === undefined ? {} : { now: () => clock.now() }),
  });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Starts an emulator, and a gateway over it, on ports of their own; both end with the test. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const emulator = options.emulator ?? (await startEmulator(options));
  const lines: string[] = [];
  const gateway = await createGateway({
    // The playground and the viewer take a while to compress, and only their own tests use them.
    config: { ...readConfig({ ...IN_A_TEST, PLAYGROUND: 'false', VIEWER: 'false' }), ...options.config },
    store: options.store ?? createTestStore(options.clock),
    graph: options.graph ?? openGraphAccess(emulator.url, 'an-opaque-token', 'an emulator'),
    log: pino({ level: options.logLevel ?? 'debug' }, { write: (line: string) => lines.push(line) }),
    clock: options.clock ?? systemClock,
    random: options.random,
    metrics: options.metrics ?? null,
    // At once, so that every test runs a plan, or never.
    plannedAfter: options.plannedAfter ?? (inject('executedBy') === 'a plan' ? 1 : Infinity),
  });
  onTestFinished(() => gateway.close());
  return {
    ...gateway,
    emulator,
    requests: () =>
      emulator.requests.map(({ method, url, parts }) => `${method} ${url}${parts ? ` of ${parts.length}` : ''}`),
    paths: () =>
      emulator.requests.flatMap(({ url, parts }) => parts?.map((part) => part.url) ?? [url.slice('/v1.0'.length)]),
    logged: () => lines.join(''),
    async query(query, variables = {}, headers = {}) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      return response.json();
    },
  };
}
