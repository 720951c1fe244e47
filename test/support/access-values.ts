/** Valid and invalid values of the variables for credentials, callers and access. See variable-values.ts. */
import type { Config } from '../../src/config.ts';
import type { CredentialSettings } from '../../src/msgraph/credentials/credential.ts';
import type { Name } from '../../src/variables/variables.ts';

type Variables = Readonly<Record<string, string>>;

const TENANT = '9c1f6f0e-52a7-4c0b-9a55-0d6b7c2f4e11';
const CLIENT = '3b7d2a90-8e44-4f1d-b0c6-6a1e5f9d7c22';
const CREDENTIALS = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: 'a-marked-secret' };
/** Real credentials, and unauthenticated callers. */
export const REAL = { ...CREDENTIALS, DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: 'true' };
const LOOPBACK = { GRAPH_BASE_URL: 'http://127.0.0.1:4001', GRAPH_TOKEN: 'a-marked-token' };

/** Valid and invalid values of one variable. */
export interface Values {
  /** Other variables that have to be set. */
  readonly beside?: Variables;
  readonly read: (config: Config) => unknown;
  /** Each text, and the value that the gateway reads from it. */
  readonly good: readonly (readonly [given: string, made: unknown])[];
  readonly bad: readonly string[];
}

function originOf({ graph }: Config): unknown {
  return graph.kind === 'emulator' ? null : graph.origin;
}

/** The credential, if it is a client secret. */
function credentialOf({ graph }: Config): Extract<CredentialSettings, { kind: 'clientSecret' }> | null {
  return graph.kind === 'entra' && graph.credential.kind === 'clientSecret' ? graph.credential : null;
}

const anyFile = { read: () => null, good: [['package.json', null]], bad: ['/no/such/file', '/'] } as const;
const anyText = { read: () => null, good: [['x', null]], bad: [] } as const;

/** The values of a Boolean variable. */
export const yesOrNo = {
  good: [
    ['true', true],
    ['false', false],
  ],
  bad: ['yes', '1', 'TRUE', ' true'],
} as const;
export const ACCESS_VALUES = {
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
    // The fourth is the id without its last digit: not a domain.
    bad: ['a tenant', 'tenant/other', 'https://login.microsoftonline.com/x', TENANT.slice(0, -1), 'common'],
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
  AZURE_CLIENT_CERTIFICATE_PATH: { beside: REAL, ...anyFile },
  AZURE_CLIENT_CERTIFICATE_PASSWORD: { beside: REAL, ...anyText },
  AZURE_FEDERATED_TOKEN_FILE: { beside: REAL, ...anyFile },
  AZURE_TOKEN_CREDENTIALS: {
    beside: REAL,
    read: ({ graph }) => graph.kind === 'entra' && graph.credential.kind,
    good: ['prod', 'dev', 'ManagedIdentityCredential', 'azureclicredential'].map((name) => [name, 'default'] as const),
    bad: ['Foo', 'ManagedIdentity', 'DefaultAzureCredential', 'prod,dev'],
  },
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
    good: [
      ['a,api://a', ['a', 'api://a']],
      [' a , api://a ', ['a', 'api://a']],
    ],
    bad: ['a,,b', 'a,', ' ', 'api://<client id>', '<id>', 'a b'],
  },
  CALLER_TENANT_IDS: {
    beside: { ...REAL, CALLER_AUDIENCES: 'a' },
    read: ({ callers }) => callers?.tenantIds,
    good: [[`${TENANT}, ${CLIENT}`, [TENANT, CLIENT]]],
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
  // A good one needs a file: see test/environment.test.ts.
  GRAPH_CA_FILE: { read: () => null, good: [], bad: ['/no/such/file.pem', '/', 'package.json'] },
} as const satisfies Readonly<Partial<Record<Name, Values>>>;
