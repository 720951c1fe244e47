/** The whole chain: callers and the gateway authenticate with Entra ID, whose tokens are sent to Graph. */
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { createEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { createGateway } from '../../src/gateway.ts';
import { graphAccess } from '../../src/graph-access.ts';
import type { Store } from '../../src/store/store.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import type { TokenWish } from './entra-token-issuer.ts';
import { startEntra } from './entra.ts';
import type { Entra } from './entra.ts';
import { IN_A_TEST, createTestStore } from './gateway.ts';
import type { GraphQLResponse } from './gateway.ts';
import { createCapturedLog } from './log.ts';

export interface Chain {
  /** The origin of the gateway. */
  readonly url: string;
  readonly entra: Entra;
  /** Its tenant is empty at first. */
  readonly emulator: Emulator;
  readonly logged: () => string;
  /** Sends a document with a new token for this kind of caller. */
  readonly ask: (document: string, wish: TokenWish) => Promise<GraphQLResponse>;
  /** Sends a document with an existing token and request id. */
  readonly askWith: (document: string, token: string, requestId: string) => Promise<GraphQLResponse>;
}

export interface ChainOptions {
  /** The clock of all parts; the machine's when left out. */
  readonly clock?: Clock;
  readonly store?: Store;
  readonly metrics?: Metrics;
  /** Those of another gateway, to start one more over them. */
  readonly over?: Pick<Chain, 'entra' | 'emulator'>;
}

async function startUpstream(clock: Clock): Promise<Pick<Chain, 'entra' | 'emulator'>> {
  const [entra, emulator] = await Promise.all([
    startEntra({ clock }),
    createEmulator({ tenant: { users: 0, meetings: 0, recordings: 0 }, now: () => clock.now() }),
  ]);
  onTestFinished(() => emulator.close());
  return { entra, emulator };
}

/** Starts an Entra ID, an emulator and a gateway over both, configured by these variables. All end with the test. */
export async function startChain(
  env: Readonly<Record<string, string>>,
  { clock = systemClock, store = createTestStore(clock), over, metrics }: ChainOptions = {},
): Promise<Chain> {
  const { entra, emulator } = over ?? (await startUpstream(clock));
  const { log, lines } = createCapturedLog();
  const config = {
    ...readConfig({
      ...IN_A_TEST,
      AZURE_TENANT_ID: entra.tenantId,
      AZURE_CLIENT_ID: entra.clientId,
      AZURE_CLIENT_SECRET: entra.clientSecret,
      AZURE_AUTHORITY_HOST: entra.authority,
      CALLER_AUDIENCES: entra.clientId,
      GRAPH_BASE_URL: emulator.url,
      ...env,
    }),
    graphCertificateAuthority: entra.certificateAuthority,
  };
  if (config.graph.kind === 'emulator') throw new Error('Expected a way to Graph with credentials.');
  const parts = { config, log, clock, metrics };
  const gateway = await createGateway({ ...parts, store, graph: await graphAccess(config.graph, parts) });
  onTestFinished(() => gateway.close());

  async function askWith(query: string, token: string, requestId: string): Promise<GraphQLResponse> {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': requestId,
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query }),
    });
    return response.json();
  }

  return {
    url: gateway.url,
    entra,
    emulator,
    logged: () => JSON.stringify(lines()),
    ask: async (query, wish) => askWith(query, await entra.issue(wish), crypto.randomUUID()),
    askWith,
  };
}
