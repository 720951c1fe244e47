/** The variables that determine as whom Graph is called, who may call the gateway and what callers see. */
import { z } from 'zod';
import { httpsOrigin, safeOrigin } from './address.ts';
import { certificateFile, filePath } from './file.ts';
import { defaulted, either, list, oneOf, optional, yesOrNo } from './variable.ts';

/** In any letter case: https://aka.ms/azsdk/js/identity/credential-chains#defaultazurecredential-overview */
const TOKEN_CREDENTIALS = [
  'dev',
  'prod',
  'EnvironmentCredential',
  'WorkloadIdentityCredential',
  'ManagedIdentityCredential',
  'VisualStudioCodeCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
];
const tokenCredentials = z
  .string()
  .refine((name) => TOKEN_CREDENTIALS.some((known) => known.toLowerCase() === name.toLowerCase()));

/** The variables of the credential toward Graph and of callers. */
export const accessVariables = {
  GRAPH_BASE_URL: optional({
    schema: safeOrigin,
    expected: 'an https origin without a path, such as https://graph.microsoft.com, or a loopback one over http',
    unset: '`https://graph.microsoft.com` with credentials, else the embedded emulator',
    does: 'Where Microsoft Graph is.',
  }),
  AZURE_TENANT_ID: optional({
    schema: z.string().regex(/^[\w.-]+$/),
    expected: 'the id of a tenant, or one of its domains',
    does: 'The tenant, in Entra ID.',
  }),
  AZURE_CLIENT_ID: optional({
    schema: z.guid(),
    expected: 'the id of an application, a GUID',
    does: 'The application, registered in Entra ID, as which Graph is read.',
  }),
  AZURE_CLIENT_SECRET: optional({
    schema: z.string(),
    expected: 'a client secret',
    does: 'A client secret of that application.',
    secret: true,
  }),
  DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: yesOrNo(
    { default: false },
    'Lets whoever reaches the port read every recording that the application can. Without it, or `CALLER_AUDIENCES`, the gateway does not start with real credentials.',
  ),
  AZURE_CLIENT_CERTIFICATE_PATH: filePath(
    'A file in PEM with a certificate of that application and its private key, instead of a client secret.',
  ),
  AZURE_CLIENT_CERTIFICATE_PASSWORD: optional({
    schema: z.string(),
    expected: 'a password',
    does: 'The password of that private key, where it has one.',
    secret: true,
  }),
  AZURE_FEDERATED_TOKEN_FILE: filePath(
    'A file with a token of the platform, for workload identity, instead of a client secret.',
  ),
  AZURE_TOKEN_CREDENTIALS: optional({
    schema: tokenCredentials,
    expected: either(TOKEN_CREDENTIALS),
    does: 'The chain of the Azure SDK, and which of it: `ManagedIdentityCredential` for a managed identity, with `AZURE_CLIENT_ID` for one that a user assigned.',
    secret: true,
  }),
  AZURE_CLOUD: oneOf(
    { values: ['global', 'usGovL4', 'usGovL5', 'china'], default: 'global' },
    'The national cloud. It says where Graph and Entra ID are; `GRAPH_BASE_URL`, `AZURE_AUTHORITY_HOST` and `GRAPH_SCOPE` say it each by itself.',
  ),
  AZURE_AUTHORITY_HOST: optional({
    schema: httpsOrigin,
    expected: 'an https origin without a path',
    unset: 'that of the cloud',
    does: 'Where Entra ID is.',
  }),
  GRAPH_SCOPE: optional({
    schema: z.string(),
    expected: 'a scope',
    unset: '`.default` of Graph',
    does: 'The scope of the tokens for Graph.',
  }),
  GRAPH_ON_BEHALF_OF: yesOrNo(
    { default: false },
    'Whether Graph is asked on behalf of each caller, so that Graph itself decides what they may see, and not as the application.',
  ),
  ON_BEHALF_OF_APPLICATION: yesOrNo(
    { default: false },
    'Whether, with `GRAPH_ON_BEHALF_OF`, what Graph offers only to applications is asked as the application, within what the gateway lets the caller see.',
  ),
  CALLER_AUDIENCES: optional({
    schema: list.pipe(z.array(z.string().regex(/^[^\s<>]+$/))),
    expected: 'ids or URIs of an application, separated by commas, without spaces',
    unset: 'callers are not authenticated',
    does: "What the tokens of callers must be meant for: the gateway's own application in Entra ID, by its id and by its id as a URI. With it every caller of `/graphql` has to bring a token.",
  }),
  CALLER_TENANT_IDS: optional({
    schema: list.pipe(z.tuple([z.guid()], z.guid())),
    expected: 'the ids of tenants, which are GUIDs, separated by commas',
    unset: '`AZURE_TENANT_ID`',
    does: 'The tenants whose tokens are accepted of callers.',
  }),
  CALLER_TENANT_ROLE: defaulted({
    schema: z.string(),
    default: 'Recordings.Read.All',
    expected: 'the value of an app role',
    does: 'The app role whose holders see the recordings of the whole tenant. Other users see what they organized.',
  }),
  SHARED_ORGANIZERS: defaulted({
    schema: list.pipe(z.array(z.guid())),
    default: [],
    expected: 'the object ids of users, separated by commas',
    unset: 'none',
    does: 'Organizers whose recordings every authenticated caller sees.',
  }),
  GRAPH_TOKEN: optional({
    schema: z.string().regex(/^[\w.~+/-]+=*$/),
    expected: 'a bearer token',
    does: 'A fixed token toward Graph, for development and tests: only where `GRAPH_BASE_URL` is a loopback address.',
    secret: true,
  }),
  GRAPH_CA_FILE: certificateFile('A certificate authority to trust toward Graph and Entra ID, beside the usual ones.'),
};
