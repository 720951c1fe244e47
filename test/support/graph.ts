/** A client of Graph over an emulator, for tests without the gateway around it. */
import { onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/emulator.ts';
import { createGate } from '../../src/msgraph/admission/gate.ts';
import type { Gate } from '../../src/msgraph/admission/gate.ts';
import { createGraphClient } from '../../src/msgraph/client.ts';
import type { GraphClient } from '../../src/msgraph/client.ts';
import { fixedToken } from '../../src/msgraph/credentials/token.ts';
import type { GetToken } from '../../src/msgraph/credentials/token.ts';
import type { Exchange } from '../../src/msgraph/exchange/exchange-record.ts';
import { createTransport } from '../../src/msgraph/exchange/transport.ts';
import type { TransportOptions } from '../../src/msgraph/exchange/transport.ts';
import { createOperation } from '../../src/msgraph/operation.ts';
import type { Operation } from '../../src/msgraph/operation.ts';
import { createRetryBudget } from '../../src/msgraph/retry.ts';
import type { RetryBudget } from '../../src/msgraph/retry.ts';
import { createDrivenClock } from './clock.ts';
import type { DrivenClock } from './clock.ts';

export interface TestGraphOptions {
  readonly tenant?: EmulatorOptions['tenant'];
  readonly settings?: EmulatorOptions['settings'];
  readonly concurrency?: number;
  /** One of its own when left out. */
  readonly gate?: Gate;
  readonly onQueued?: (change: number) => void;
  readonly retryBudget?: RetryBudget;
  readonly getToken?: GetToken;
  /** Whether the tokens are on behalf of a caller; the application's when left out. */
  readonly isOnBehalfOf?: boolean;
  readonly transport?: Partial<TransportOptions>;
  /** The clock of the emulator; the machine's when left out. */
  readonly emulatorNow?: () => number;
  /** Whether the clock is that of the emulator too. */
  readonly drivesEmulator?: boolean;
}

export interface TestGraph {
  readonly emulator: Emulator;
  readonly client: GraphClient;
  readonly clock: DrivenClock;
  readonly exchanges: readonly Exchange[];
  /** How many exchanges have begun. */
  begun(): number;
  /** An operation that may take ten seconds. */
  operation(graphRequests?: number, httpRequests?: number): Operation;
  /** The HTTP requests that reached Graph, a line for each. */
  requests(): string[];
  /** The paths of the first `count` users. */
  userPaths(count: number): string[];
}

/** Starts an emulator and a client over it whose clock stands still; both end with the test. */
export async function startGraph(options: TestGraphOptions = {}): Promise<TestGraph> {
  const clock = createDrivenClock();
  const emulator = await createEmulator({
    now: options.drivesEmulator === true ? () => clock.now() : (options.emulatorNow ?? Date.now),
    tenant: options.tenant ?? { users: 45, meetings: 0, recordings: 0 },
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  const exchanges: Exchange[] = [];
  let begun = 0;
  const transport = createTransport({
    origin: emulator.url,
    connections: 8,
    connectTimeoutMs: 5_000,
    headersTimeoutMs: 5_000,
    bodyTimeoutMs: 5_000,
    // Longer than an operation, so that the operation ends first.
    wholeTimeoutMs: 60_000,
    maxReplyBytes: 1_024 * 1_024,
    clock,
    ...options.transport,
  });
  const client = createGraphClient({
    transport,
    getToken: options.getToken ?? fixedToken('an-opaque-token'),
    isOnBehalfOf: options.isOnBehalfOf ?? false,
    origin: emulator.url,
    gate: options.gate ?? createGate({ clock, mostRequests: options.concurrency ?? 8 }),
    onQueued: options.onQueued,
    retryBudget: options.retryBudget ?? createRetryBudget(),
    clock,
    random: () => 1,
    onExchange: (exchange) => exchanges.push(exchange),
    watchExchange() {
      begun += 1;
      return { headers: {}, end: () => undefined };
    },
  });
  onTestFinished(async () => {
    await emulator.close();
    await transport.close();
  });
  return {
    emulator,
    client,
    clock,
    exchanges,
    begun: () => begun,
    operation: (graphRequests = 1_000, httpRequests = 60) =>
      createOperation({
        requestId: '11111111-2222-4333-8444-555555555555',
        limits: { timeoutMs: 10_000, graphRequests, httpRequests },
        clock,
        caller: null,
      }),
    requests: () =>
      emulator.requests.map(({ method, url, parts }) => `${method} ${url}${parts ? ` of ${parts.length}` : ''}`),
    userPaths: (count) => emulator.tenant.users.slice(0, count).map(({ id }) => `/users/${id}`),
  };
}
