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
  /^CALLER_AUDIENCES: is required with real credentials: .* or set DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS=true if/;
const missing = (name: string): RegExp =>
  new RegExp(`^${name}: is required because another AZURE_ variable is set\\. Set it, or remove the others\\.$`);

describe('An invalid environment', () => {
  it.each<[string, Variables, RegExp[]]>([
    ['real credentials without a setting for callers', CREDENTIALS, [NOT_ALLOWED]],
    [
      'real credentials with unauthenticated callers disallowed',
      { ...CREDENTIALS, DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: 'false' },
      [NOT_ALLOWED],
    ],
    [
      'only a client secret',
      { AZURE_CLIENT_SECRET: 'a-marked-secret' },
      [missing('AZURE_TENANT_ID'), missing('AZURE_CLIENT_ID'), NOT_ALLOWED],
    ],
    [
      'a tenant and an application without a credential',
      { ...CREDENTIALS, ...ALLOWED, AZURE_CLIENT_SECRET: '' },
      [
        /^AZURE_CLIENT_SECRET: is required .* or set AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE instead\.$/,
      ],
    ],
    [
      'callers of a tenant that is a domain',
      { ...CREDENTIALS, AZURE_TENANT_ID: 'morrowtide.example', CALLER_AUDIENCES: 'x' },
      [/^CALLER_TENANT_IDS: is required because AZURE_TENANT_ID is a domain\. Set it to the ids /],
    ],
    [
      'a tenant that is a domain, without a setting for callers',
      { ...CREDENTIALS, AZURE_TENANT_ID: 'morrowtide.example' },
      [NOT_ALLOWED, /^CALLER_TENANT_IDS: is required because AZURE_TENANT_ID is a domain\. Set it to the ids /],
    ],
    [
      'a malformed tenant, reported only once',
      { ...CREDENTIALS, AZURE_TENANT_ID: 'a tenant', CALLER_AUDIENCES: 'x' },
      [/^AZURE_TENANT_ID: /],
    ],
    [
      'a chain of credentials, without a setting for callers',
      { AZURE_TOKEN_CREDENTIALS: 'prod' },
      [NOT_ALLOWED, /^CALLER_TENANT_IDS: is required because AZURE_TENANT_ID is not set\. Set it to the ids /],
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
      [/^AZURE_CLIENT_CERTIFICATE_PASSWORD: must not be set with GRAPH_ON_BEHALF_OF=true/],
    ],
    [
      'callers without a tenant',
      { CALLER_AUDIENCES: 'x' },
      [/^CALLER_TENANT_IDS: is required because AZURE_TENANT_ID is not set\. Set it to the ids /],
    ],
    [
      'a malformed id, which is not reported as missing too',
      { ...CREDENTIALS, ...ALLOWED, AZURE_CLIENT_ID: 'gateway' },
      [/^AZURE_CLIENT_ID: .* but got "gateway"\.$/],
    ],
    [
      'a token together with real credentials',
      { ...CREDENTIALS, ...ALLOWED, ...TOKEN },
      [/^GRAPH_TOKEN: cannot be combined with the AZURE_ variables/],
    ],
    [
      'only a token',
      TOKEN,
      [/^GRAPH_TOKEN: requires GRAPH_BASE_URL to be a loopback .* but GRAPH_BASE_URL is not set\.$/],
    ],
    ...['https://graph.microsoft.com', 'https://127.0.0.1.elsewhere.example', 'https://192.168.0.1'].map(
      (origin): [string, Variables, RegExp[]] => [
        `a token for ${origin}`,
        { ...TOKEN, GRAPH_BASE_URL: origin },
        [/^GRAPH_TOKEN: requires GRAPH_BASE_URL to be a loopback .* but GRAPH_BASE_URL is https:.*\.$/],
      ],
    ),
    [
      'a token for a malformed address, reported only once',
      { ...TOKEN, GRAPH_BASE_URL: 'localhost' },
      [/^GRAPH_BASE_URL: .* but got "localhost"\.$/],
    ],
    [
      'Redis and real credentials without sealing keys',
      { ...CREDENTIALS, CALLER_AUDIENCES: 'api://gateway', REDIS_URL: 'redis://127.0.0.1:6379' },
      [/^SEALING_KEYS: is required with REDIS_URL and real credentials: .* Create a key with node -p "crypto/],
    ],
    [
      'intervals that contradict each other',
      { DELTA_INTERVAL_MS: '2000', DELTA_LONGEST_INTERVAL_MS: '1000' },
      [/^DELTA_INTERVAL_MS: exceeds DELTA_LONGEST_INTERVAL_MS\./],
    ],
    [
      'an address without credentials',
      { GRAPH_BASE_URL: LOOPBACK },
      [/^GRAPH_BASE_URL: requires credentials, but none are set\. Set AZURE_TENANT_ID, .* or GRAPH_TOKEN/],
    ],
    [
      'several errors at once',
      { PORT: 'x', LOG_LEVEL: 'loud', ...CREDENTIALS, AZURE_TENANT_ID: '', SEALING_KEYS: 'marked' },
      [/^LOG_LEVEL: /, /^PORT: /, /^SEALING_KEYS: /, missing('AZURE_TENANT_ID'), NOT_ALLOWED],
    ],
  ])('is reported with one line for each error: %s', (_, env, expected) => {
    const faults = faultsOf(env);
    expect(faults).toEqual(expected.map((fault): unknown => expect.stringMatching(fault)));
    expect(faults.join('\n')).not.toContain('marked');
  });
});
