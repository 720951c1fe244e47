/** The configuration of the gateway, created once from the environment. */
import type { PolicySettings } from './access/policy.ts';
import { checkTogether } from './consistency.ts';
import { findMisspelled, parseEnvironment } from './environment.ts';
import type { Values } from './environment.ts';
import { CLOUDS, defaultScope } from './msgraph/credentials/cloud.ts';
import type { ApplicationSettings, CredentialSettings } from './msgraph/credentials/credential.ts';
import type { EncryptionCertificate } from './msgraph/notifications/encrypted-content.ts';

/** How the gateway authenticates to Graph. */
export type GraphSettings =
  | { readonly kind: 'emulator' }
  | { readonly kind: 'token'; readonly origin: string; readonly token: string }
  | {
      readonly kind: 'entra';
      readonly origin: string;
      readonly scope: string;
      readonly credential: CredentialSettings;
      /** Null if every request is made as the application. */
      readonly onBehalfOf: OnBehalfOfSettings | null;
    };

/** How Graph is called on behalf of callers. */
export interface OnBehalfOfSettings {
  readonly application: ApplicationSettings;
  /** Whether resources that Graph offers only to applications are requested as the application. */
  readonly asApplicationToo: boolean;
}

/** The callers whose tokens are accepted. */
export interface CallerSettings {
  /** The origin of Entra ID. */
  readonly authority: string;
  readonly tenantIds: readonly [string, ...string[]];
  readonly audiences: readonly string[];
}

export interface Config {
  /** Set variables that the gateway does not have, each with the one that was probably meant. */
  readonly misspelled: ReadonlyMap<string, string>;
  /** The number of worker processes. Several workers divide the limits below: `shareOf` in workers/share.ts. */
  readonly workers: number;
  readonly host: string;
  readonly port: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly graph: GraphSettings;
  /** Null if callers are not authenticated. */
  readonly callers: CallerSettings | null;
  readonly policy: PolicySettings;
  /** In PEM. */
  readonly graphCertificateAuthority: string | undefined;
  readonly graphConcurrency: number;
  readonly operationTimeoutMs: number;
  readonly operationGraphRequests: number;
  readonly operationHttpRequests: number;
  readonly overloadDelayMs: number;
  /** How long meetings and users are cached; null if they are not. */
  readonly cacheTtlMs: number | null;
  /** How long new work is accepted after SIGTERM, so that load balancers can notice the end. */
  readonly drainDelayMs: number;
  readonly corsOrigins: readonly string[];
  /** The URL prefixes at which routers may receive their subscriptions; empty if callbacks are off. */
  readonly callbackUrls: readonly string[];
  readonly introspection: boolean;
  readonly playground: boolean;
  readonly viewer: boolean;
  readonly metrics: boolean;
  /** Null if the replicas agree on a key, or a single process generates its own. */
  readonly sealingKeys: readonly [Buffer, ...Buffer[]] | null;
  /** Null if the feed is kept in process memory. */
  readonly redis: RedisSettings | null;
  readonly feed: FeedSettings;
  /** The public origin of the gateway; null if not configured. */
  readonly publicUrl: string | null;
  readonly streams: SlotSettings;
  readonly listeners: SlotSettings;
  /** Null if each request brings its own document. */
  readonly trustedDocuments: TrustedDocumentSettings | null;
}

/** How many recording streams, or connections of subscribers, may be open at once. */
export interface SlotSettings {
  readonly inAll: number;
  readonly perCaller: number;
}

/** Documents that requests name by id. */
export interface TrustedDocumentSettings {
  /** Each document by its id. */
  readonly documents: ReadonlyMap<string, string>;
  /** Whether any other document is rejected. */
  readonly enforced: boolean;
}

export interface RedisSettings {
  readonly url: string;
  readonly prefix: string;
  /** In PEM. */
  readonly certificateAuthority: string | undefined;
}

export interface FeedSettings {
  /** The certificates for which notifications are encrypted, the newest first; empty if they are not. */
  readonly certificates: readonly EncryptionCertificate[];
  /** The time between two rounds of change tracking, in milliseconds. */
  readonly shortestMs: number;
  readonly longestMs: number;
}

/** Every fault of the environment, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

function credentialSettings(values: Values, authority: string): CredentialSettings | null {
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

function onBehalfOfSettings(values: Values, credential: CredentialSettings): OnBehalfOfSettings | null {
  if (!values.GRAPH_ON_BEHALF_OF || credential.kind === 'default') return null;
  return { application: credential, asApplicationToo: values.ON_BEHALF_OF_APPLICATION };
}

function graphSettings(values: Values, authority: string): GraphSettings {
  const { GRAPH_BASE_URL: origin, GRAPH_TOKEN: token } = values;
  const credential = credentialSettings(values, authority);
  if (credential !== null) {
    const graphOrigin = origin ?? CLOUDS[values.AZURE_CLOUD].graph;
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

function callerSettings(values: Values, authority: string): CallerSettings | null {
  const audiences = values.CALLER_AUDIENCES;
  const tenantIds =
    values.CALLER_TENANT_IDS ?? (values.AZURE_TENANT_ID === undefined ? null : ([values.AZURE_TENANT_ID] as const));
  return audiences === undefined || tenantIds === null ? null : { authority, tenantIds, audiences };
}

function redisSettings(values: Values): RedisSettings | null {
  const { REDIS_URL: url, REDIS_PREFIX: prefix, REDIS_CA_FILE: certificateAuthority } = values;
  return url === undefined ? null : { url, prefix, certificateAuthority };
}

function trustedDocumentSettings(values: Values): TrustedDocumentSettings | null {
  const { TRUSTED_DOCUMENTS: mode, TRUSTED_DOCUMENTS_FILE: documents } = values;
  return documents === undefined ? null : { documents, enforced: mode === 'enforce' };
}

/** Creates the configuration from an environment. Throws a `ConfigError` that names every fault, not only the first. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const environment = parseEnvironment(env);
  checkTogether(environment);
  const { values, faults } = environment;
  const misspelled = findMisspelled(env);
  if (faults.size > 0) {
    throw new ConfigError(
      [
        ...Array.from(faults, ([name, sentence]) => `${name}: ${sentence}`),
        // A variable that seems to be missing may be one of these.
        ...Array.from(misspelled, ([written, meant]) => `${written}: has no effect. Did you mean ${meant}?`),
      ].join('\n'),
    );
  }
  const authority = values.AZURE_AUTHORITY_HOST ?? CLOUDS[values.AZURE_CLOUD].authority;
  const graph = graphSettings(values, authority);
  return {
    misspelled,
    workers: values.WORKERS,
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    graph,
    callers: callerSettings(values, authority),
    policy: { tenantRole: values.CALLER_TENANT_ROLE, sharedOrganizers: values.SHARED_ORGANIZERS },
    graphCertificateAuthority: values.GRAPH_CA_FILE,
    graphConcurrency: values.GRAPH_CONCURRENCY,
    operationTimeoutMs: values.OPERATION_TIMEOUT_MS,
    operationGraphRequests: values.OPERATION_GRAPH_REQUESTS,
    operationHttpRequests: values.OPERATION_HTTP_REQUESTS,
    overloadDelayMs: values.OVERLOAD_DELAY_MS,
    cacheTtlMs: values.CACHE_TTL_MS || null,
    drainDelayMs: values.DRAIN_DELAY_MS,
    corsOrigins: values.CORS_ORIGINS,
    callbackUrls: values.SUBSCRIPTION_CALLBACK_URLS,
    introspection: values.INTROSPECTION ?? graph.kind === 'emulator',
    playground: values.PLAYGROUND ?? graph.kind === 'emulator',
    viewer: values.VIEWER ?? graph.kind === 'emulator',
    metrics: values.METRICS,
    sealingKeys: values.SEALING_KEYS ?? null,
    redis: redisSettings(values),
    feed: {
      certificates: values.NOTIFICATION_CERTIFICATE_FILES,
      shortestMs: values.DELTA_INTERVAL_MS,
      longestMs: values.DELTA_LONGEST_INTERVAL_MS,
    },
    publicUrl: values.PUBLIC_URL ?? null,
    listeners: { inAll: values.LISTENERS, perCaller: values.LISTENERS_PER_CALLER },
    trustedDocuments: trustedDocumentSettings(values),
    streams: { inAll: values.CONTENT_STREAMS, perCaller: values.CONTENT_STREAMS_PER_CALLER },
  };
}
