/** What each variable may be and may not, and what the gateway makes of it. */
import type { Config } from '../../src/config.ts';
import type { CredentialSettings } from '../../src/msgraph/credential.ts';
import type { Name } from '../../src/variables.ts';

type Variables = Readonly<Record<string, string>>;

const TENANT = '9c1f6f0e-52a7-4c0b-9a55-0d6b7c2f4e11';
const CLIENT = '3b7d2a90-8e44-4f1d-b0c6-6a1e5f9d7c22';
const CREDENTIALS = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: 'a-marked-secret' };
const REAL = { ...CREDENTIALS, DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: 'true' };
const LOOPBACK = { GRAPH_BASE_URL: 'http://127.0.0.1:4001', GRAPH_TOKEN: 'a-marked-token' };
const KEY = Buffer.alloc(32, 7);
const OTHER_KEY = Buffer.alloc(32, 8);
const SHORT_KEY = Buffer.alloc(31, 9);

export interface Values {
  /** What else has to be set. */
  readonly beside?: Variables;
  readonly read: (config: Config) => unknown;
  /** What comes in, and what the gateway makes of it. */
  readonly good: readonly (readonly [given: string, made: unknown])[];
  readonly bad: readonly string[];
}

function originOf({ graph }: Config): unknown {
  return graph.kind === 'emulator' ? null : graph.origin;
}

/** The credential, where it is a client secret. */
function credentialOf({ graph }: Config): Extract<CredentialSettings, { kind: 'clientSecret' }> | null {
  return graph.kind === 'entra' && graph.credential.kind === 'clientSecret' ? graph.credential : null;
}

const anyText = { read: () => null, good: [['x', null]], bad: [] } as const;

const yesOrNo = {
  good: [
    ['true', true],
    ['false', false],
  ],
  bad: ['yes', '1', 'TRUE', ' true'],
} as const;

export const VALUES: Readonly<Record<Name, Values>> = {
  PORT: {
    read: ({ port }) => port,
    good: [
      ['0', 0],
      ['4001', 4001],
      ['65535', 65_535],
    ],
    bad: ['65536', '-1', '4000.5', '0x10', '1e3', ' 4000', 'http', 'two\nlines'],
  },
  HOST: { read: ({ host }) => host, good: [['0.0.0.0', '0.0.0.0']], bad: [] },
  LOG_LEVEL: {
    read: ({ logLevel }) => logLevel,
    good: ['trace', 'debug', 'info', 'warn', 'error', 'silent'].map((level) => [level, level] as const),
    bad: ['verbose', 'INFO', '30'],
  },
  GRAPH_BASE_URL: {
    beside: REAL,
    read: originOf,
    good: [
      ['https://graph.microsoft.us', 'https://graph.microsoft.us'],
      ['https://GRAPH.microsoft.us:443/', 'https://graph.microsoft.us'],
      ['http://localhost:4001', 'http://localhost:4001'],
      ['http://[::1]:4001', 'http://[::1]:4001'],
    ],
    bad: [
      'graph.microsoft.com',
      'https://graph.microsoft.com/v1.0',
      'https://graph.microsoft.com/?a=b',
      'https://somebody@graph.microsoft.com',
      'http://graph.microsoft.com',
      'http://127.0.0.1.elsewhere.example',
      'ftp://127.0.0.1',
    ],
  },
  AZURE_TENANT_ID: {
    beside: REAL,
    read: (config) => credentialOf(config)?.tenantId,
    good: [
      [TENANT, TENANT],
      ['morrowtide.example', 'morrowtide.example'],
    ],
    bad: ['a tenant', 'tenant/other', 'https://login.microsoftonline.com/x'],
  },
  AZURE_CLIENT_ID: {
    beside: REAL,
    read: (config) => credentialOf(config)?.clientId,
    good: [[CLIENT, CLIENT]],
    bad: ['Recordings gateway', CLIENT.slice(1)],
  },
  AZURE_CLIENT_SECRET: {
    beside: REAL,
    read: (config) => credentialOf(config)?.clientSecret,
    good: [['a~secret.with_every-thing', 'a~secret.with_every-thing']],
    bad: [],
  },
  AZURE_CLIENT_CERTIFICATE_PATH: { beside: REAL, ...anyText },
  AZURE_CLIENT_CERTIFICATE_PASSWORD: { beside: REAL, ...anyText },
  AZURE_FEDERATED_TOKEN_FILE: { beside: REAL, ...anyText },
  AZURE_TOKEN_CREDENTIALS: { beside: REAL, ...anyText },
  AZURE_CLOUD: {
    beside: REAL,
    read: originOf,
    good: [['usGovL4', 'https://graph.microsoft.us']],
    bad: ['usgov', 'GLOBAL'],
  },
  AZURE_AUTHORITY_HOST: {
    beside: REAL,
    read: (config) => credentialOf(config)?.authority,
    good: [['https://login.microsoftonline.us/', 'https://login.microsoftonline.us']],
    bad: ['http://127.0.0.1:9999', 'https://login.microsoftonline.us/common'],
  },
  GRAPH_SCOPE: {
    beside: REAL,
    read: ({ graph }) => graph.kind === 'entra' && graph.scope,
    good: [['https://graph.microsoft.us/.default', 'https://graph.microsoft.us/.default']],
    bad: [],
  },
  GRAPH_ON_BEHALF_OF: {
    beside: { ...REAL, CALLER_AUDIENCES: 'a' },
    read: ({ graph }) => graph.kind === 'entra' && graph.onBehalfOf !== null,
    ...yesOrNo,
  },
  ON_BEHALF_OF_APPLICATION: {
    beside: { ...REAL, CALLER_AUDIENCES: 'a', GRAPH_ON_BEHALF_OF: 'true' },
    read: ({ graph }) => graph.kind === 'entra' && graph.onBehalfOf?.asApplicationToo,
    ...yesOrNo,
  },
  CALLER_AUDIENCES: {
    beside: REAL,
    read: ({ callers }) => callers?.audiences,
    good: [['a,api://a', ['a', 'api://a']]],
    bad: [],
  },
  CALLER_TENANT_IDS: {
    beside: { ...REAL, CALLER_AUDIENCES: 'a' },
    read: ({ callers }) => callers?.tenantIds,
    good: [[`${TENANT},${CLIENT}`, [TENANT, CLIENT]]],
    bad: ['morrowtide.example', `${TENANT},`],
  },
  CALLER_TENANT_ROLE: { read: ({ policy }) => policy.tenantRole, good: [['Everything', 'Everything']], bad: [] },
  SHARED_ORGANIZERS: { read: ({ policy }) => policy.sharedOrganizers, good: [[TENANT, [TENANT]]], bad: ['somebody'] },
  DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: {
    read: () => null,
    good: [
      ['true', null],
      ['false', null],
    ],
    bad: yesOrNo.bad,
  },
  GRAPH_TOKEN: {
    beside: LOOPBACK,
    read: ({ graph }) => graph.kind === 'token' && graph.token,
    good: [['eyJ.a-b_c~d+e/f==', 'eyJ.a-b_c~d+e/f==']],
    bad: ['Bearer marked', 'marked\ntoken', 'markéd'],
  },
  // The good one needs a file: see below.
  GRAPH_CA_FILE: { read: () => null, good: [], bad: ['/no/such/file.pem', '/', 'package.json'] },
  GRAPH_CONCURRENCY: { read: (config) => config.graphConcurrency, good: [['1', 1]], bad: ['0', '1001', 'many'] },
  OPERATION_TIMEOUT_MS: {
    read: (config) => config.operationTimeoutMs,
    good: [
      ['100', 100],
      ['600000', 600_000],
    ],
    bad: ['99', '600001', '9.5s'],
  },
  OPERATION_GRAPH_REQUESTS: {
    read: (config) => config.operationGraphRequests,
    good: [['1000000', 1_000_000]],
    bad: ['0', '1000001', '1_000'],
  },
  CORS_ORIGINS: {
    read: ({ corsOrigins }) => corsOrigins,
    good: [
      ['https://a.example', ['https://a.example']],
      ['https://a.example/,http://b.example:8080', ['https://a.example', 'http://b.example:8080']],
    ],
    bad: ['*', 'a.example', 'https://a.example,', 'https://a.example/path'],
  },
  SUBSCRIPTION_CALLBACK_URLS: {
    read: ({ callbackUrls }) => callbackUrls,
    good: [['https://a.example/callback/,http://[::1]:1', ['https://a.example/callback', 'http://[::1]:1']]],
    bad: ['a.example', 'http://a.example', 'https://a.example/?a', 'https://u@a.example', 'https://a.example/%2f'],
  },
  INTROSPECTION: { read: ({ introspection }) => introspection, ...yesOrNo },
  PLAYGROUND: { read: ({ playground }) => playground, ...yesOrNo },
  VIEWER: { read: ({ viewer }) => viewer, ...yesOrNo },
  METRICS: { read: ({ metrics }) => metrics, ...yesOrNo },
  REDIS_URL: {
    beside: { SEALING_KEYS: KEY.toString('base64') },
    read: ({ redis }) => redis?.url,
    good: [
      ['redis://127.0.0.1:6379', 'redis://127.0.0.1:6379'],
      ['rediss://gateway:secret@redis.example:6380/1', 'rediss://gateway:secret@redis.example:6380/1'],
    ],
    bad: ['127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis://localhost/abc', 'redis:///0'],
  },
  REDIS_CA_FILE: {
    read: ({ redis }) => redis?.certificateAuthority,
    good: [],
    bad: ['/nowhere/ca.pem', 'package.json'],
  },
  REDIS_PREFIX: {
    beside: { SEALING_KEYS: KEY.toString('base64'), REDIS_URL: 'redis://127.0.0.1:6379' },
    read: ({ redis }) => redis?.prefix,
    good: [['recordings:', 'recordings:']],
    bad: ['a prefix', '{a}'],
  },
  PUBLIC_URL: {
    read: ({ publicUrl }) => publicUrl,
    good: [['https://gateway.example/', 'https://gateway.example']],
    bad: ['gateway.example', 'http://gateway.example', 'https://gateway.example/notifications'],
  },
  CONTENT_STREAMS: { read: ({ streams }) => streams.inAll, good: [['100000', 100_000]], bad: ['0', '100001', '1.5'] },
  CONTENT_STREAMS_PER_CALLER: {
    read: ({ streams }) => streams.perCaller,
    good: [['1', 1]],
    bad: ['0', '100001', '1.5'],
  },
  NOTIFICATION_CERTIFICATE_FILES: {
    beside: { ...REAL, PUBLIC_URL: 'https://gateway.example' },
    read: ({ feed }) => feed.certificates.length,
    good: [],
    bad: ['/nowhere/notifications.pem', 'package.json'],
  },
  DELTA_INTERVAL_MS: {
    read: ({ feed }) => feed.shortestMs,
    good: [['100', 100]],
    bad: ['99', '3600001', '1.5', '15s'],
  },
  DELTA_LONGEST_INTERVAL_MS: {
    read: ({ feed }) => feed.longestMs,
    good: [['86400000', 86_400_000]],
    bad: ['99', '86400001', '5m'],
  },
  SEALING_KEYS: {
    read: ({ sealingKeys }) => sealingKeys,
    good: [
      [KEY.toString('base64'), [KEY]],
      [`${KEY.toString('base64')},${OTHER_KEY.toString('base64')}`, [KEY, OTHER_KEY]],
    ],
    bad: ['marked', SHORT_KEY.toString('base64'), `${KEY.toString('base64')},`],
  },
};
