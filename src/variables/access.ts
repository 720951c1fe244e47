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
    expected: 'an https origin without a path, such as https://graph.microsoft.com, or a loopback origin over http',
    unset:
      'with credentials `https://graph.microsoft.com`, or the origin of `AZURE_CLOUD`; otherwise the embedded emulator',
    does: 'Sets the origin of Microsoft Graph.',
  }),
  AZURE_TENANT_ID: optional({
    // A domain has a dot: a truncated id is not one.
    schema: z.guid().or(z.string().regex(/^[\w-]+(?:\.[\w-]+)+$/)),
    expected: 'the id (a GUID) or a domain of a tenant, such as contoso.onmicrosoft.com',
    does: 'Identifies the tenant in Entra ID.',
  }),
  AZURE_CLIENT_ID: optional({
    schema: z.guid(),
    expected: 'the id of an application, a GUID',
    does: 'Identifies the application in Entra ID that the gateway uses to call Graph.',
  }),
  AZURE_CLIENT_SECRET: optional({
    schema: z.string(),
    expected: 'a client secret',
    does: 'Authenticates the application with a client secret.',
    secret: true,
  }),
  DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: yesOrNo(
    { default: false },
    'Lets anyone who reaches the port read every recording that the application can read. With real credentials, the gateway starts only with this or `CALLER_AUDIENCES`.',
  ),
  AZURE_CLIENT_CERTIFICATE_PATH: filePath(
    'Authenticates the application with a certificate instead of a client secret. The PEM file contains the certificate and its private key.',
  ),
  AZURE_CLIENT_CERTIFICATE_PASSWORD: optional({
    schema: z.string(),
    expected: 'a password',
    does: 'Sets the password of the private key, if it has one.',
    secret: true,
  }),
  AZURE_FEDERATED_TOKEN_FILE: filePath(
    'Authenticates the application with a workload identity instead of a client secret. The file contains a token of the platform.',
  ),
  AZURE_TOKEN_CREDENTIALS: optional({
    schema: tokenCredentials,
    expected: either(TOKEN_CREDENTIALS),
    does: 'Selects the credential chain of the Azure SDK, or one credential of it: `ManagedIdentityCredential` for a managed identity, with `AZURE_CLIENT_ID` for a user-assigned one.',
    secret: true,
  }),
  AZURE_CLOUD: oneOf(
    { values: ['global', 'usGovL4', 'usGovL5', 'china'], default: 'global' },
    'Selects the national cloud, which determines the origins of Graph and Entra ID and the scope. `GRAPH_BASE_URL`, `AZURE_AUTHORITY_HOST` and `GRAPH_SCOPE` each override one of them.',
  ),
  AZURE_AUTHORITY_HOST: optional({
    schema: httpsOrigin,
    expected: 'an https origin without a path',
    unset: 'the origin of `AZURE_CLOUD`',
    does: 'Sets the origin of Entra ID.',
  }),
  GRAPH_SCOPE: optional({
    schema: z.string(),
    expected: 'a scope',
    unset: '`.default` of Graph',
    does: 'Sets the scope of the tokens for Graph.',
  }),
  GRAPH_ON_BEHALF_OF: yesOrNo(
    { default: false },
    'Calls Graph on behalf of each caller instead of as the application, so that Graph itself decides what the caller may see.',
  ),
  ON_BEHALF_OF_APPLICATION: yesOrNo(
    { default: false },
    'With `GRAPH_ON_BEHALF_OF`, calls Graph as the application for data that Graph offers only to applications. The gateway then decides what the caller may see of it.',
  ),
  CALLER_AUDIENCES: optional({
    schema: list.pipe(z.array(z.string().regex(/^[^\s<>]+$/))),
    expected: 'ids or URIs of an application, separated by commas, without spaces',
    unset: 'callers are not authenticated',
    does: "Requires a token from every caller of `/graphql`, and sets the accepted audiences: the client id and the application ID URI of the gateway's own application in Entra ID.",
  }),
  CALLER_TENANT_IDS: optional({
    schema: list.pipe(z.tuple([z.guid()], z.guid())),
    expected: 'tenant ids (GUIDs), separated by commas',
    unset: '`AZURE_TENANT_ID`',
    does: 'Sets the tenants whose callers are accepted.',
  }),
  CALLER_TENANT_ROLE: defaulted({
    schema: z.string(),
    default: 'Recordings.Read.All',
    expected: 'the value of an app role',
    does: 'Sets the app role whose holders see the recordings of the whole tenant. Other users see what they organized themselves, and what `SHARED_ORGANIZERS` did.',
  }),
  SHARED_ORGANIZERS: defaulted({
    schema: list.pipe(z.array(z.guid())),
    default: [],
    expected: 'the object ids of users, separated by commas',
    unset: 'none',
    does: 'Lets every authenticated caller see the recordings of these organizers.',
  }),
  GRAPH_TOKEN: optional({
    schema: z.string().regex(/^[\w.~+/-]+=*$/),
    expected: 'a bearer token',
    does: 'Sends a fixed token to Graph, for development and tests. Allowed only if `GRAPH_BASE_URL` is a loopback address.',
    secret: true,
  }),
  GRAPH_CA_FILE: certificateFile('Trusts an additional certificate authority for connections to Graph and Entra ID.'),
};
