/** Every environment variable that the gateway knows, in words. What the words say is parsed in environment.ts. */
import { limitVariables } from './limit-variables.ts';

export interface Variable {
  /** What a fault says was expected. */
  readonly expected: string;
  /** A sentence that a fault ends with: how to come by a good one. */
  readonly remedy?: string;
  /** What holds when the variable is not set. */
  readonly unset: string;
  readonly does: string;
  /** Whether its value may not be printed. */
  readonly secret?: true;
}

/** Every variable in words, for the faults and for docs/configuration.md. */
export const variables = {
  PORT: { expected: 'a port from 0 to 65535', unset: '`4000`', does: 'The port to listen on; 0 takes a free one.' },
  HOST: {
    expected: 'an address to listen on',
    unset: '`127.0.0.1`',
    does: 'The address to listen on; `0.0.0.0` is every one that the machine has.',
  },
  LOG_LEVEL: {
    expected: 'trace, debug, info, warn, error or silent',
    unset: '`info`',
    does: 'What is logged; `debug` has a line for each request to Graph.',
  },
  GRAPH_BASE_URL: {
    expected: 'an https origin without a path, such as https://graph.microsoft.com, or a loopback one over http',
    unset: '`https://graph.microsoft.com` with credentials, else the embedded emulator',
    does: 'Where Microsoft Graph is.',
  },
  AZURE_TENANT_ID: {
    expected: 'the id of a tenant, or one of its domains',
    unset: 'none',
    does: 'The tenant, in Entra ID.',
  },
  AZURE_CLIENT_ID: {
    expected: 'the id of an application, a GUID',
    unset: 'none',
    does: 'The application, registered in Entra ID, as which Graph is read.',
  },
  AZURE_CLIENT_SECRET: {
    expected: 'a client secret',
    unset: 'none',
    does: 'A client secret of that application.',
    secret: true,
  },
  DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: {
    expected: 'true or false',
    unset: '`false`',
    does: 'Lets whoever reaches the port read every recording that the application can. Without it, or `CALLER_AUDIENCES`, the gateway does not start with real credentials.',
  },
  AZURE_CLIENT_CERTIFICATE_PATH: {
    expected: 'the path of a file',
    unset: 'none',
    does: 'A file in PEM with a certificate of that application and its private key, instead of a client secret.',
  },
  AZURE_CLIENT_CERTIFICATE_PASSWORD: {
    expected: 'a password',
    unset: 'none',
    does: 'The password of that private key, where it has one.',
    secret: true,
  },
  AZURE_FEDERATED_TOKEN_FILE: {
    expected: 'the path of a file',
    unset: 'none',
    does: 'A file with a token of the platform, for workload identity, instead of a client secret.',
  },
  AZURE_TOKEN_CREDENTIALS: {
    expected:
      'dev, prod, EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, VisualStudioCodeCredential, AzureCliCredential, AzurePowerShellCredential or AzureDeveloperCliCredential',
    unset: 'none',
    does: 'The chain of the Azure SDK, and which of it: `ManagedIdentityCredential` for a managed identity, with `AZURE_CLIENT_ID` for one that a user assigned.',
    secret: true,
  },
  AZURE_CLOUD: {
    expected: 'global, usGovL4, usGovL5 or china',
    unset: '`global`',
    does: 'The national cloud. It says where Graph and Entra ID are; `GRAPH_BASE_URL`, `AZURE_AUTHORITY_HOST` and `GRAPH_SCOPE` say it each by itself.',
  },
  AZURE_AUTHORITY_HOST: {
    expected: 'an https origin without a path',
    unset: 'that of the cloud',
    does: 'Where Entra ID is.',
  },
  GRAPH_SCOPE: { expected: 'a scope', unset: '`.default` of Graph', does: 'The scope of the tokens for Graph.' },
  GRAPH_ON_BEHALF_OF: {
    expected: 'true or false',
    unset: '`false`',
    does: 'Whether Graph is asked on behalf of each caller, so that Graph itself decides what they may see, and not as the application.',
  },
  ON_BEHALF_OF_APPLICATION: {
    expected: 'true or false',
    unset: '`false`',
    does: 'Whether, with `GRAPH_ON_BEHALF_OF`, what Graph offers only to applications is asked as the application, within what the gateway lets the caller see.',
  },
  CALLER_AUDIENCES: {
    expected: 'audiences, separated by commas',
    unset: 'callers are not authenticated',
    does: "What the tokens of callers must be meant for: the gateway's own application in Entra ID, by its id and by its id as a URI. With it every caller of `/graphql` has to bring a token.",
  },
  CALLER_TENANT_IDS: {
    expected: 'the ids of tenants, which are GUIDs, separated by commas',
    unset: '`AZURE_TENANT_ID`',
    does: 'The tenants whose tokens are accepted of callers.',
  },
  CALLER_TENANT_ROLE: {
    expected: 'the value of an app role',
    unset: '`Recordings.Read.All`',
    does: 'The app role whose holders see the recordings of the whole tenant. Other users see what they organized.',
  },
  SHARED_ORGANIZERS: {
    expected: 'the object ids of users, separated by commas',
    unset: 'none',
    does: 'Organizers whose recordings every authenticated caller sees.',
  },
  GRAPH_TOKEN: {
    expected: 'a bearer token',
    unset: 'none',
    does: 'A fixed token toward Graph, for development and tests: only where `GRAPH_BASE_URL` is a loopback address.',
    secret: true,
  },
  GRAPH_CA_FILE: {
    expected: 'the path of a readable file with a certificate in PEM',
    unset: 'none',
    does: 'A certificate authority to trust toward Graph and Entra ID, beside the usual ones.',
  },
  ...limitVariables,
  CORS_ORIGINS: {
    expected: 'origins without a path, separated by commas',
    unset: 'none',
    does: 'The origins whose pages may ask from a browser.',
  },
  SUBSCRIPTION_CALLBACK_URLS: {
    expected: 'https addresses without a query, or loopback ones over http, separated by commas',
    unset: 'none: routers may not',
    does: 'Below which addresses routers may have the answers to subscriptions sent to them, by the HTTP callback protocol of Apollo Router: the `public_url` of its callback mode.',
  },
  INTROSPECTION: {
    expected: 'true or false',
    unset: '`true` over the embedded emulator, else `false`',
    does: 'Whether clients may ask for the schema.',
  },
  PLAYGROUND: {
    expected: 'true or false',
    unset: '`true` over the embedded emulator, else `false`',
    does: 'Whether a browser finds a playground at `/`. It needs `INTROSPECTION` to be of much use.',
  },
  VIEWER: {
    expected: 'true or false',
    unset: '`true` over the embedded emulator, else `false`',
    does: 'Whether a browser finds a viewer of recordings at `/watch`.',
  },
  METRICS: {
    expected: 'true or false',
    unset: '`true`',
    does: 'Whether Prometheus finds what is counted at `/metrics`, for whoever reaches the port. It names nobody.',
  },
  TRUSTED_DOCUMENTS_FILE: {
    expected: 'the path of a readable file in JSON that has a document for each id',
    unset: 'none',
    does: 'Documents that requests name by id instead of bringing them, as the client preset of GraphQL Code Generator writes them (`persisted-documents.json`). One that cannot be executed here refuses the start.',
  },
  TRUSTED_DOCUMENTS: {
    expected: 'accept or enforce',
    unset: '`accept`',
    does: 'With `accept` other documents run beside those of `TRUSTED_DOCUMENTS_FILE`, with `enforce` nothing else does.',
  },
  SEALING_KEYS: {
    expected: 'keys of 32 bytes in Base64, separated by commas',
    remedy: `Make one with node -p "crypto.randomBytes(32).toString('base64')".`,
    unset: 'a random key, the same for all who share a Redis',
    does: 'Seal cursors, tokens of the feed, links to content and what Graph brings back with notifications: the first seals, all open. Replicas need the same keys, and so does whatever is to outlive a restart.',
    secret: true,
  },
  REDIS_URL: {
    expected:
      'redis://host:port or rediss://host:port, with user, password and number of the database where there are any',
    unset: 'the memory of this process',
    does: 'Where replicas share the feed, what `CACHE_TTL_MS` keeps, and what links to content need. With real credentials it needs `SEALING_KEYS`, the same for each.',
    secret: true,
  },
  REDIS_CA_FILE: {
    expected: 'the path of a readable file with a certificate in PEM',
    unset: 'none',
    does: 'A certificate authority to trust toward Redis, beside the usual ones.',
  },
  REDIS_PREFIX: {
    expected: 'letters, digits, and the signs - _ : .',
    unset: '`gateway:`',
    does: 'What the names of all keys in Redis begin with. Gateways with the same one share everything.',
  },
  PUBLIC_URL: {
    expected: 'an https origin without a path, or a loopback one over http',
    unset: 'where it listens; for notifications none, but over the embedded emulator',
    does: 'Under which origin this gateway is reached: links to content lead there, and Graph says at its `/notifications` that there are new recordings. Without it rounds of change tracking are due by the clock alone.',
  },
  NOTIFICATION_CERTIFICATE_FILES: {
    expected: 'paths of readable files, separated by commas, each with a certificate and its private key in PEM',
    unset: 'none',
    does: 'With it notifications bring what they are about, encrypted for the first certificate, and those of a recording count only if Microsoft has signed them. All of them decrypt, so that they can be changed.',
  },
  DELTA_INTERVAL_MS: {
    expected: 'a whole number from 100 to 3600000',
    unset: '`15000`',
    does: 'How long after a round of change tracking that found something the next is due, in milliseconds, while somebody listens. Rounds that find nothing are followed later and later.',
  },
  DELTA_LONGEST_INTERVAL_MS: {
    expected: 'a whole number from 100 to 86400000',
    unset: '`300000`',
    does: 'The longest time between two rounds, in milliseconds, and the usual one where Graph notifies.',
  },
} as const satisfies Readonly<Record<string, Variable>>;

/** The name of a variable. */
export type Name = keyof typeof variables;
