import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { variables } from '../src/variables/variables.ts';
import { ALLOWED, CLIENT, CREDENTIALS, LOOPBACK, TENANT, TOKEN } from './support/environment.ts';
import type { Variables } from './support/environment.ts';

const APPLICATION = { tenantId: TENANT, clientId: CLIENT, authority: 'https://login.microsoftonline.com' };

const BOUNDS = { operationTimeoutMs: 9_500, operationGraphRequests: 1_000, operationHttpRequests: 60 };
const OPEN = { introspection: true, playground: true, viewer: true, metrics: true };
describe('The configuration', () => {
  it('is the embedded emulator on the loopback address when nothing is set', () => {
    expect(readConfig({})).toEqual({
      misspelled: new Map(),
      workers: 1,
      host: '127.0.0.1',
      port: 4000,
      logLevel: 'info',
      graph: { kind: 'emulator' },
      callers: null,
      policy: { tenantRole: 'Recordings.Read.All', sharedOrganizers: [] },
      graphCertificateAuthority: undefined,
      graphConcurrency: 8,
      ...BOUNDS,
      overloadDelayMs: 500,
      cacheTtlMs: null,
      drainDelayMs: 5_000,
      corsOrigins: [],
      callbackUrls: [],
      ...OPEN,
      sealingKeys: null,
      redis: null,
      feed: { certificates: [], shortestMs: 15_000, longestMs: 300_000 },
      publicUrl: null,
      streams: { inAll: 200, perCaller: 10 },
      listeners: { inAll: 10_000, perCaller: 1_000 },
      trustedDocuments: null,
    });
  });

  it('treats an empty variable as unset', () => {
    expect(readConfig(Object.fromEntries(Object.keys(variables).map((name) => [name, ''])))).toEqual(readConfig({}));
  });

  it('ignores variables that are not its own', () => {
    expect(readConfig({ PATH: '/bin', EMULATOR_PORT: 'x', toString: 'x', constructor: 'x' })).toEqual(readConfig({}));
  });

  it.each([
    [
      'real credentials',
      { ...CREDENTIALS, ...ALLOWED },
      {
        kind: 'entra',
        origin: 'https://graph.microsoft.com',
        scope: 'https://graph.microsoft.com/.default',
        credential: { kind: 'clientSecret', ...APPLICATION, clientSecret: 'a-marked-secret' },
      },
    ],
    [
      'a fixed token for a loopback address',
      { ...TOKEN, GRAPH_BASE_URL: LOOPBACK },
      { kind: 'token', origin: LOOPBACK, token: 'a-marked-token' },
    ],
  ])('turns introspection, the playground and the viewer off with %s, unless they are set', (_, env, graph) => {
    const config = readConfig(env);
    expect(config).toMatchObject({ graph, introspection: false, playground: false, viewer: false });
    expect(readConfig({ ...env, INTROSPECTION: 'true', PLAYGROUND: 'true', VIEWER: 'true' })).toMatchObject({
      introspection: true,
      playground: true,
      viewer: true,
    });
  });
});

describe('The credential', () => {
  const { AZURE_CLIENT_SECRET: _, ...NAMES } = CREDENTIALS;

  it.each<[string, Variables, object]>([
    [
      'a certificate',
      { ...NAMES, AZURE_CLIENT_CERTIFICATE_PATH: 'package.json', AZURE_CLIENT_CERTIFICATE_PASSWORD: 'marked' },
      { kind: 'clientCertificate', ...APPLICATION, certificatePath: 'package.json', certificatePassword: 'marked' },
    ],
    [
      'a workload identity',
      { ...NAMES, AZURE_FEDERATED_TOKEN_FILE: 'package.json' },
      { kind: 'workloadIdentity', ...APPLICATION, tokenFilePath: 'package.json' },
    ],
    [
      'the chain of the Azure SDK',
      { AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' },
      { kind: 'default', clientId: undefined, authority: APPLICATION.authority },
    ],
  ])('may be %s', (_name, env, credential) => {
    expect(readConfig({ ...env, ...ALLOWED }).graph).toMatchObject({ kind: 'entra', credential });
  });

  it.each([
    ['global', 'https://graph.microsoft.com', 'https://login.microsoftonline.com'],
    ['usGovL4', 'https://graph.microsoft.us', 'https://login.microsoftonline.us'],
    ['usGovL5', 'https://dod-graph.microsoft.us', 'https://login.microsoftonline.us'],
    ['china', 'https://microsoftgraph.chinacloudapi.cn', 'https://login.chinacloudapi.cn'],
  ])('uses the addresses of the cloud %s, each of which can be overridden', (cloud, origin, authority) => {
    const env = { ...CREDENTIALS, ...ALLOWED, AZURE_CLOUD: cloud };
    expect(readConfig(env).graph).toMatchObject({ origin, scope: `${origin}/.default`, credential: { authority } });
    expect(
      readConfig({
        ...env,
        GRAPH_BASE_URL: LOOPBACK,
        GRAPH_SCOPE: 'a-scope',
        AZURE_AUTHORITY_HOST: 'https://entra.example',
      }).graph,
    ).toMatchObject({ origin: LOOPBACK, scope: 'a-scope', credential: { authority: 'https://entra.example' } });
  });
});

describe('Callers', () => {
  it('are authenticated by tokens of the tenant for the audiences', () => {
    const env = { ...CREDENTIALS, CALLER_AUDIENCES: `${CLIENT},api://${CLIENT}` };
    expect(readConfig(env).callers).toEqual({
      authority: APPLICATION.authority,
      tenantIds: [TENANT],
      audiences: [CLIENT, `api://${CLIENT}`],
    });
    expect(readConfig({ ...env, CALLER_TENANT_IDS: `${CLIENT},${TENANT}` }).callers).toMatchObject({
      tenantIds: [CLIENT, TENANT],
    });
  });

  it('can be authenticated with the emulator too', () => {
    expect(readConfig({ CALLER_AUDIENCES: 'x', CALLER_TENANT_IDS: TENANT })).toMatchObject({
      graph: { kind: 'emulator' },
      callers: { tenantIds: [TENANT], audiences: ['x'] },
    });
  });
});
