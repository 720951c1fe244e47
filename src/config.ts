/** The configuration of the gateway: made from the environment, which is read once and nowhere else. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PolicySettings } from './access/policy.ts';
import { isLoopback, parseEnvironment } from './environment.ts';
import type { Environment, Faults } from './environment.ts';
import type { Name } from './variables.ts';
import { CLOUDS, defaultScope } from './msgraph/cloud.ts';
import type { ApplicationSettings, CredentialSettings } from './msgraph/credential.ts';

/** With what the gateway turns to Graph. */
export type GraphSettings =
  | { readonly kind: 'emulator' }
  | { readonly kind: 'token'; readonly origin: string; readonly token: string }
  | {
      readonly kind: 'entra';
      readonly origin: string;
      readonly scope: string;
      readonly credential: CredentialSettings;
      /** Null where Graph is asked as the application. */
      readonly onBehalfOf: OnBehalfOfSettings | null;
    };

/** How Graph is asked on behalf of callers. */
export interface OnBehalfOfSettings {
  readonly application: ApplicationSettings;
  /** Whether what Graph offers only to applications is asked as the application. */
  readonly asApplicationToo: boolean;
}

/** Whose tokens are accepted. */
export interface CallerSettings {
  /** The origin of Entra ID. */
  readonly authority: string;
  readonly tenantIds: readonly [string, ...string[]];
  readonly audiences: readonly string[];
}

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly graph: GraphSettings;
  /** Null where callers are not told apart. */
  readonly callers: CallerSettings | null;
  readonly policy: PolicySettings;
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

/** What proves to Entra ID which application it is: one of them, besides the names of tenant and application. */
const PROOFS = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_FEDERATED_TOKEN_FILE'] as const;

/** Finds the faults of variables that are good each by itself and not together. */
function checkTogether(values: Environment, faults: Faults): void {
  const isGiven = (name: Name): boolean => values[name] !== undefined || faults.has(name);
  const fault = (name: Name, sentence: string): void => {
    // What is wrong by itself is not blamed for the others too.
    if (!faults.has(name)) faults.set(name, sentence);
  };
  const origin = values.GRAPH_BASE_URL;
  const usesChain = isGiven('AZURE_TOKEN_CREDENTIALS');
  const usesEntra = usesChain || [...PROOFS, 'AZURE_TENANT_ID' as const, 'AZURE_CLIENT_ID' as const].some(isGiven);

  if (usesEntra) {
    for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'] as const) {
      if (!usesChain && !isGiven(name))
        fault(name, 'expected a value, because another of the AZURE_ variables is set, but none came.');
    }
    if (!usesChain && !PROOFS.some(isGiven)) {
      fault(
        'AZURE_CLIENT_SECRET',
        `expected a value, because another of the AZURE_ variables is set, but none came; ${PROOFS.slice(1).join(' or ')} would do too.`,
      );
    }
    if (isGiven('GRAPH_TOKEN')) {
      fault('GRAPH_TOKEN', 'expected not to be set beside the AZURE_ variables; remove the one or the others.');
    }
    if (!isGiven('CALLER_AUDIENCES') && values.DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS !== true) {
      fault(
        'CALLER_AUDIENCES',
        'expected the audiences of the tokens that callers bring, because with real credentials whoever reaches the gateway would else read every recording that the application can. Set it, or DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS=true where nobody else reaches the port.',
      );
    }
  } else if (isGiven('GRAPH_TOKEN')) {
    if (!faults.has('GRAPH_BASE_URL') && (origin === undefined || !isLoopback(origin))) {
      fault(
        'GRAPH_TOKEN',
        `expected only where GRAPH_BASE_URL is a loopback address such as http://127.0.0.1:4001, but GRAPH_BASE_URL is ${origin ?? 'not set'}.`,
      );
    }
  } else if (isGiven('GRAPH_BASE_URL')) {
    fault(
      'GRAPH_BASE_URL',
      'expected credentials with it, but none came: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or GRAPH_TOKEN for a loopback address.',
    );
  }
  if (values.GRAPH_ON_BEHALF_OF === true && (!isGiven('CALLER_AUDIENCES') || usesChain || !usesEntra)) {
    fault(
      'GRAPH_ON_BEHALF_OF',
      'expected only with CALLER_AUDIENCES, whose tokens are exchanged, and with AZURE_TENANT_ID, AZURE_CLIENT_ID and a proof of the application, which exchanges them.',
    );
  }
  if (values.GRAPH_ON_BEHALF_OF === true && isGiven('AZURE_CLIENT_CERTIFICATE_PASSWORD')) {
    fault(
      'AZURE_CLIENT_CERTIFICATE_PASSWORD',
      'expected not to be set with GRAPH_ON_BEHALF_OF=true, because the Azure SDK opens no key with a password for that; use a file without one, a client secret or a workload identity.',
    );
  }
  if (values.ON_BEHALF_OF_APPLICATION === true && values.GRAPH_ON_BEHALF_OF !== true) {
    fault(
      'ON_BEHALF_OF_APPLICATION',
      'expected only with GRAPH_ON_BEHALF_OF=true; without it everything is asked as the application.',
    );
  }
  const tenants = values.CALLER_TENANT_IDS ?? [values.AZURE_TENANT_ID];
  if (values.CALLER_AUDIENCES !== undefined && !tenants.every((id) => z.guid().safeParse(id).success)) {
    fault(
      'CALLER_TENANT_IDS',
      `expected the ids of tenants, which are GUIDs, because AZURE_TENANT_ID is ${values.AZURE_TENANT_ID === undefined ? 'not set' : 'a domain'}, but none came.`,
    );
  }
}

function credentialSettings(values: Environment, authority: string): CredentialSettings | null {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = values;
  if (values.AZURE_TOKEN_CREDENTIALS !== undefined) return { kind: 'default', clientId, authority };
  if (tenantId === undefined || clientId === undefined) return null;
  const application = { tenantId, clientId, authority };
  const { AZURE_CLIENT_SECRET: clientSecret, AZURE_CLIENT_CERTIFICATE_PATH: certificatePath } = values;
  if (clientSecret !== undefined) return { kind: 'clientSecret', ...application, clientSecret };
  const certificatePassword = values.AZURE_CLIENT_CERTIFICATE_PASSWORD;
  if (certificatePath !== undefined) {
    return { kind: 'clientCertificate', ...application, certificatePath, certificatePassword };
  }
  const tokenFilePath = values.AZURE_FEDERATED_TOKEN_FILE;
  return tokenFilePath === undefined ? null : { kind: 'workloadIdentity', ...application, tokenFilePath };
}

function onBehalfOfSettings(values: Environment, credential: CredentialSettings): OnBehalfOfSettings | null {
  if (values.GRAPH_ON_BEHALF_OF !== true || credential.kind === 'default') return null;
  return { application: credential, asApplicationToo: values.ON_BEHALF_OF_APPLICATION ?? false };
}

function graphSettings(values: Environment, authority: string): GraphSettings {
  const { GRAPH_BASE_URL: origin, GRAPH_TOKEN: token } = values;
  const credential = credentialSettings(values, authority);
  if (credential !== null) {
    const graphOrigin = origin ?? CLOUDS[values.AZURE_CLOUD ?? 'global'].graph;
    const scope = values.GRAPH_SCOPE ?? defaultScope(graphOrigin);
    return {
      kind: 'entra',
      origin: graphOrigin,
      scope,
      credential,
      onBehalfOf: onBehalfOfSettings(values, credential),
    };
  }
  return origin !== undefined && token !== undefined ? { kind: 'token', origin, token } : { kind: 'emulator' };
}

function callerSettings(values: Environment, authority: string): CallerSettings | null {
  const audiences = values.CALLER_AUDIENCES;
  const tenantIds =
    values.CALLER_TENANT_IDS ?? (values.AZURE_TENANT_ID === undefined ? null : ([values.AZURE_TENANT_ID] as const));
  return audiences === undefined || tenantIds === null ? null : { authority, tenantIds, audiences };
}

/** Makes the configuration of an environment. Throws a `ConfigError` that names every fault, not only the first. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const { values, faults } = parseEnvironment(env);
  checkTogether(values, faults);
  if (faults.size > 0) {
    throw new ConfigError([...faults].map(([name, sentence]) => `${name}: ${sentence}`).join('\n'));
  }
  const authority = values.AZURE_AUTHORITY_HOST ?? CLOUDS[values.AZURE_CLOUD ?? 'global'].authority;
  const graph = graphSettings(values, authority);
  return {
    host: values.HOST ?? '127.0.0.1',
    port: values.PORT ?? 4000,
    logLevel: values.LOG_LEVEL ?? 'info',
    graph,
    callers: callerSettings(values, authority),
    policy: {
      tenantRole: values.CALLER_TENANT_ROLE ?? 'Recordings.Read.All',
      sharedOrganizers: values.SHARED_ORGANIZERS ?? [],
    },
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
