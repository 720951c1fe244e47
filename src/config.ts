/** The configuration of the gateway: made from the environment, which is read once and nowhere else. */
import { randomBytes } from 'node:crypto';
import { isLoopback, parseEnvironment } from './environment.ts';
import type { Environment, Faults, Name } from './environment.ts';

/** With what the gateway turns to Graph. */
export type GraphSettings =
  | { readonly kind: 'emulator' }
  | { readonly kind: 'token'; readonly origin: string; readonly token: string }
  | {
      readonly kind: 'clientSecret';
      readonly origin: string;
      readonly tenantId: string;
      readonly clientId: string;
      readonly clientSecret: string;
    };

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly graph: GraphSettings;
  /** In PEM. */
  readonly graphCertificateAuthority: string | undefined;
  readonly graphConcurrency: number;
  readonly operationTimeoutMs: number;
  readonly operationGraphRequests: number;
  readonly corsOrigins: readonly string[];
  readonly introspection: boolean;
  readonly playground: boolean;
  readonly sealingKeys: readonly [Buffer, ...Buffer[]];
}

/** Everything that is wrong with the environment, a line for each fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const GLOBAL_GRAPH = 'https://graph.microsoft.com';

const CREDENTIALS = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'] as const;

/** Finds the faults of variables that are good each by itself and not together. */
function checkTogether(values: Environment, faults: Faults): void {
  const isGiven = (name: Name): boolean => values[name] !== undefined || faults.has(name);
  const fault = (name: Name, sentence: string): void => {
    // What is wrong by itself is not blamed for the others too.
    if (!faults.has(name)) faults.set(name, sentence);
  };
  const origin = values.GRAPH_BASE_URL;

  if (CREDENTIALS.some(isGiven)) {
    for (const name of CREDENTIALS.filter((credential) => !isGiven(credential))) {
      fault(name, 'expected a value, because another of the AZURE_ variables is set, but none came.');
    }
    if (isGiven('GRAPH_TOKEN')) {
      fault('GRAPH_TOKEN', 'expected not to be set beside the AZURE_ variables; remove the one or the others.');
    }
    if (values.DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS !== true) {
      fault(
        'DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS',
        'expected true, because this version cannot tell callers apart, and with real credentials whoever reaches it reads every recording that the application can. Set it to true only where nobody else reaches the port.',
      );
    }
  } else if (isGiven('GRAPH_TOKEN')) {
    if (faults.has('GRAPH_BASE_URL') || (origin !== undefined && isLoopback(origin))) return;
    fault(
      'GRAPH_TOKEN',
      `expected only where GRAPH_BASE_URL is a loopback address such as http://127.0.0.1:4001, but GRAPH_BASE_URL is ${origin ?? 'not set'}.`,
    );
  } else if (isGiven('GRAPH_BASE_URL')) {
    fault(
      'GRAPH_BASE_URL',
      'expected credentials with it, but none came: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or GRAPH_TOKEN for a loopback address.',
    );
  }
}

function graphSettings(values: Environment): GraphSettings {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret } = values;
  const { GRAPH_BASE_URL: origin, GRAPH_TOKEN: token } = values;
  if (tenantId !== undefined && clientId !== undefined && clientSecret !== undefined) {
    return { kind: 'clientSecret', origin: origin ?? GLOBAL_GRAPH, tenantId, clientId, clientSecret };
  }
  if (origin !== undefined && token !== undefined) return { kind: 'token', origin, token };
  return { kind: 'emulator' };
}

/** Makes the configuration of an environment. Throws a `ConfigError` that names every fault, not only the first. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const { values, faults } = parseEnvironment(env);
  checkTogether(values, faults);
  if (faults.size > 0) {
    throw new ConfigError([...faults].map(([name, sentence]) => `${name}: ${sentence}`).join('\n'));
  }
  const graph = graphSettings(values);
  return {
    host: values.HOST ?? '127.0.0.1',
    port: values.PORT ?? 4000,
    logLevel: values.LOG_LEVEL ?? 'info',
    graph,
    graphCertificateAuthority: values.GRAPH_CA_FILE,
    graphConcurrency: values.GRAPH_CONCURRENCY ?? 8,
    operationTimeoutMs: values.OPERATION_TIMEOUT_MS ?? 9_500,
    operationGraphRequests: values.OPERATION_GRAPH_REQUESTS ?? 1_000,
    corsOrigins: values.CORS_ORIGINS ?? [],
    introspection: values.INTROSPECTION ?? graph.kind === 'emulator',
    playground: values.PLAYGROUND ?? graph.kind === 'emulator',
    sealingKeys: values.SEALING_KEYS ?? [randomBytes(32)],
  };
}
