/** Valid and invalid values of each variable, and what the gateway reads from them. */
import { availableParallelism } from 'node:os';
import type { Name } from '../../src/variables/variables.ts';
import { ACCESS_VALUES, REAL, yesOrNo } from './access-values.ts';
import type { Values } from './access-values.ts';

const KEY = Buffer.alloc(32, 7);
const OTHER_KEY = Buffer.alloc(32, 8);
const SHORT_KEY = Buffer.alloc(31, 9);

export const VALUES: Readonly<Record<Name, Values>> = {
  ...ACCESS_VALUES,
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
  WORKERS: {
    beside: { REDIS_URL: 'redis://127.0.0.1:6379' },
    read: ({ workers }) => workers,
    good: [
      ['1', 1],
      ['256', 256],
      ['auto', availableParallelism()],
    ],
    bad: ['0', '257', 'all', '1.5'],
  },
  LOG_LEVEL: {
    read: ({ logLevel }) => logLevel,
    good: ['trace', 'debug', 'info', 'warn', 'error', 'silent'].map((level) => [level, level] as const),
    bad: ['verbose', 'INFO', '30'],
  },
  GRAPH_CONCURRENCY: { read: (config) => config.graphConcurrency, good: [['1', 1]], bad: ['0', '1001', 'many'] },
  OPERATION_TIMEOUT_MS: {
    read: (config) => config.operationTimeoutMs,
    good: [
      ['100', 100],
      ['600000', 600_000],
    ],
    bad: ['99', '600001', '9.5s'],
  },
  DRAIN_DELAY_MS: { read: (config) => config.drainDelayMs, good: [['0', 0]], bad: ['-1', '300001', '5s'] },
  OPERATION_GRAPH_REQUESTS: {
    read: (config) => config.operationGraphRequests,
    good: [['1000000', 1_000_000]],
    bad: ['0', '1000001', '1_000'],
  },
  OPERATION_HTTP_REQUESTS: {
    read: (config) => config.operationHttpRequests,
    good: [['1000000', 1_000_000]],
    bad: ['0', '1000001', '1_000'],
  },
  OVERLOAD_DELAY_MS: { read: (config) => config.overloadDelayMs, good: [['100', 100]], bad: ['99', '60001', '1s'] },
  CACHE_TTL_MS: {
    read: (config) => config.cacheTtlMs,
    good: [
      ['0', null],
      ['300000', 300_000],
    ],
    bad: ['-1', '300001', '1m'],
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
  // Each needs a file: see test/graphql/trusted-documents.test.ts for good ones, test/environment.test.ts for others.
  TRUSTED_DOCUMENTS_FILE: { read: () => null, good: [], bad: [] },
  TRUSTED_DOCUMENTS: {
    beside: { TRUSTED_DOCUMENTS_FILE: 'test/support/trusted-documents.json' },
    read: ({ trustedDocuments }) => trustedDocuments?.enforced,
    good: [
      ['accept', false],
      ['enforce', true],
    ],
    bad: ['off', 'true', 'ENFORCE'],
  },
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
  LISTENERS: { read: ({ listeners }) => listeners.inAll, good: [['1', 1]], bad: ['0', '1000001', 'many'] },
  LISTENERS_PER_CALLER: { read: ({ listeners }) => listeners.perCaller, good: [['1', 1]], bad: ['0', '1000001'] },
  NOTIFICATION_CERTIFICATE_FILES: {
    beside: { ...REAL, PUBLIC_URL: 'https://gateway.example' },
    read: ({ feed }) => feed.certificates.length,
    good: [],
    bad: [],
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
