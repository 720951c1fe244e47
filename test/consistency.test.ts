/** Errors in environment variables, alone or in combination. */
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { ALLOWED, CLIENT, CREDENTIALS, LOOPBACK, TENANT, TOKEN } from './support/environment.ts';
import type { Variables } from './support/environment.ts';

/** The lines of the error for an environment; none when it is valid. */
function faultsOf(env: Variables): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}

const NOT_ALLOWED =
  /^CALLER_AUDIENCES: expected the audiences of the tokens .* or DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS=true where/;
const missing = (name: string): RegExp =>
  new RegExp(`^${name}: expected a value, because another of the AZURE_ variables is set, but none came\\.$`);

describe('An invalid environment', () => {
  it.each<[string, Variables, RegExp[]]>([
    ['real credentials and no word about callers', CREDENTIALS, [NOT_ALLOWED]],
    [
      'real credentials and callers that must not be unauthenticated',
      { ...CREDENTIALS, DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: 'false' },
      [NOT_ALLOWED],
    ],
    [
      'a secret alone',
      { AZURE_CLIENT_SECRET: 'a-marked-secret' },
      [missing('AZURE_TENANT_ID'), missing('AZURE_CLIENT_ID'), NOT_ALLOWED],
    ],
    [
      'names without a proof',
      { ...CREDENTIALS, ...ALLOWED, AZURE_CLIENT_SECRET: '' },
      [
        /^AZURE_CLIENT_SECRET: expected a value, .* AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE would do too\.$/,
      ],
    ],
    [
      'callers of a tenant that is a domain',
      { ...CREDENTIALS, AZURE_TENANT_ID: 'morrowtide.example', CALLER_AUDIENCES: 'x' },
      [/^CALLER_TENANT_IDS: expected the ids of tenants, .* is a domain, but none came\.$/],
    ],
    [
      'a tenant that is a domain, and no word about callers',
      { ...CREDENTIALS, AZURE_TENANT_ID: 'morrowtide.example' },
      [NOT_ALLOWED, /^CALLER_TENANT_IDS: expected the ids of tenants, .* is a domain, but none came\.$/],
    ],
    [
      'a malformed tenant, of which one fault is enough',
      { ...CREDENTIALS, AZURE_TENANT_ID: 'a tenant', CALLER_AUDIENCES: 'x' },
      [/^AZURE_TENANT_ID: /],
    ],
    [
      'a chain of credentials, and no word about callers',
      { AZURE_TOKEN_CREDENTIALS: 'prod' },
      [NOT_ALLOWED, /^CALLER_TENANT_IDS: expected the ids of tenants, .* is not set, but none came\.$/],
    ],
    [
      'a certificate that on-behalf-of cannot open',
      {
        AZURE_TENANT_ID: TENANT,
        AZURE_CLIENT_ID: CLIENT,
        AZURE_CLIENT_CERTIFICATE_PATH: 'package.json',
        AZURE_CLIENT_CERTIFICATE_PASSWORD: 'marked',
        CALLER_AUDIENCES: 'x',
        GRAPH_ON_BEHALF_OF: 'true',
      },
      [/^AZURE_CLIENT_CERTIFICATE_PASSWORD: expected not to be set with GRAPH_ON_BEHALF_OF=true/],
    ],
    [
      'callers of no tenant',
      { CALLER_AUDIENCES: 'x' },
      [/^CALLER_TENANT_IDS: expected the ids of tenants, .* is not set, but none came\.$/],
    ],
    [
      'a malformed id, which is not missing too',
      { ...CREDENTIALS, ...ALLOWED, AZURE_CLIENT_ID: 'gateway' },
      [/^AZURE_CLIENT_ID: .* but "gateway" came\.$/],
    ],
    [
      'a token beside real credentials',
      { ...CREDENTIALS, ...ALLOWED, ...TOKEN },
      [/^GRAPH_TOKEN: expected not to be set beside the AZURE_ variables/],
    ],
    ['a token alone', TOKEN, [/^GRAPH_TOKEN: expected only where .* loopback .* but GRAPH_BASE_URL is not set\.$/]],
    ...['https://graph.microsoft.com', 'https://127.0.0.1.elsewhere.example', 'https://192.168.0.1'].map(
      (origin): [string, Variables, RegExp[]] => [
        `a token for ${origin}`,
        { ...TOKEN, GRAPH_BASE_URL: origin },
        [/^GRAPH_TOKEN: expected only where .* loopback .* but GRAPH_BASE_URL is https:.*\.$/],
      ],
    ),
    [
      'a token for a malformed address, of which one fault is enough',
      { ...TOKEN, GRAPH_BASE_URL: 'localhost' },
      [/^GRAPH_BASE_URL: .* but "localhost" came\.$/],
    ],
    [
      'a Redis without keys, with real credentials',
      { ...CREDENTIALS, CALLER_AUDIENCES: 'api://gateway', REDIS_URL: 'redis://127.0.0.1:6379' },
      [
        /^SEALING_KEYS: expected keys with REDIS_URL and real credentials, .* but none came\. Make one with node -p "crypto/,
      ],
    ],
    [
      'intervals that contradict each other',
      { DELTA_INTERVAL_MS: '2000', DELTA_LONGEST_INTERVAL_MS: '1000' },
      [/^DELTA_INTERVAL_MS: expected at most DELTA_LONGEST_INTERVAL_MS, but it is more\./],
    ],
    [
      'an address without credentials',
      { GRAPH_BASE_URL: LOOPBACK },
      [/^GRAPH_BASE_URL: expected credentials with it, but none came: set AZURE_TENANT_ID, .* or GRAPH_TOKEN/],
    ],
    [
      'many things, all at once',
      { PORT: 'x', LOG_LEVEL: 'loud', ...CREDENTIALS, AZURE_TENANT_ID: '', SEALING_KEYS: 'marked' },
      [/^LOG_LEVEL: /, /^PORT: /, /^SEALING_KEYS: /, missing('AZURE_TENANT_ID'), NOT_ALLOWED],
    ],
  ])('is reported with one line for each error: %s', (_, env, expected) => {
    const faults = faultsOf(env);
    expect(faults).toEqual(expected.map((fault): unknown => expect.stringMatching(fault)));
    expect(faults.join('\n')).not.toContain('marked');
  });
});
