/** The credentials of the gateway's application at Entra ID. */
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  DefaultAzureCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { alsoTrusting } from '../../certificate-authorities.ts';
import { isCloudAuthority } from './cloud.ts';

/** The application and its proof. `authority` is Entra ID's origin, https, without a tenant. */
export type CredentialSettings = ApplicationSettings | DefaultChainSettings;

/** Settings that name both the application and its proof, as on-behalf-of needs. */
export type ApplicationSettings = Application & (ClientSecret | ClientCertificate | WorkloadIdentity);

interface Application {
  readonly tenantId: string;
  readonly clientId: string;
  readonly authority: string;
}

interface ClientSecret {
  readonly kind: 'clientSecret';
  readonly clientSecret: string;
}

interface ClientCertificate {
  readonly kind: 'clientCertificate';
  /** A PEM file with the certificate and its private key, read anew for each token. */
  readonly certificatePath: string;
  /** Of the private key. */
  readonly certificatePassword?: string | undefined;
}

interface WorkloadIdentity {
  readonly kind: 'workloadIdentity';
  /** A file with a token of a platform that Entra ID trusts, read anew for each token. */
  readonly tokenFilePath: string;
}

/**
 * The credential chain of the Azure SDK, which reads its own variables. `AZURE_TOKEN_CREDENTIALS` restricts it:
 * `ManagedIdentityCredential` allows only a managed identity, `prod` nothing from a developer's machine.
 * https://learn.microsoft.com/en-us/azure/developer/javascript/sdk/authentication/credential-chains
 */
interface DefaultChainSettings {
  readonly kind: 'default';
  /** Of a user-assigned managed identity; without it the system-assigned one is used. */
  readonly clientId?: string | undefined;
  readonly authority: string;
}

/** TLS trust for connections to Entra ID. */
export interface Trust {
  /** An additional certificate authority, in PEM. */
  readonly certificateAuthority?: string | undefined;
}

/**
 * Few and short retries, because an operation does not wait for long. The chain keeps the SDK's own retries: the
 * endpoint of a managed identity may come up seconds after a start.
 */
const RETRIES = { maxRetries: 2, retryDelayInMs: 250, maxRetryDelayInMs: 1_000 };

/** The options common to all credentials of the SDK. */
export interface ClientOptions {
  readonly authorityHost: string;
  readonly disableInstanceDiscovery: boolean;
  readonly retryOptions?: typeof RETRIES;
  readonly tlsOptions?: { readonly ca?: string[] };
}

/** Returns the options for the connection to Entra ID, whatever the proof. */
export function clientOptions({ kind, authority }: CredentialSettings, { certificateAuthority }: Trust): ClientOptions {
  return {
    authorityHost: authority,
    // Discovery asks the global cloud whether it knows an authority, and refuses every other.
    disableInstanceDiscovery: !isCloudAuthority(authority),
    ...(kind === 'default' ? {} : { retryOptions: RETRIES }),
    ...(certificateAuthority === undefined ? {} : { tlsOptions: alsoTrusting(certificateAuthority) }),
  };
}

function openCredential(settings: CredentialSettings, options: ClientOptions): TokenCredential {
  if (settings.kind === 'default') {
    const { clientId } = settings;
    return new DefaultAzureCredential({
      ...options,
      ...(clientId === undefined ? {} : { managedIdentityClientId: clientId }),
    });
  }
  const { tenantId, clientId } = settings;
  if (settings.kind === 'clientSecret') {
    return new ClientSecretCredential(tenantId, clientId, settings.clientSecret, options);
  }
  if (settings.kind === 'workloadIdentity') {
    return new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath: settings.tokenFilePath });
  }
  const { certificatePath, certificatePassword } = settings;
  const certificate = { certificatePath, ...(certificatePassword === undefined ? {} : { certificatePassword }) };
  return new ClientCertificateCredential(tenantId, clientId, certificate, options);
}

/**
 * Creates the credential that the settings name; called once, at the start. It has no cache: each call gets a new
 * token, because the SDK's cache would keep returning one that Graph has refused. Only a managed identity's token is
 * still cached, by MSAL for the whole process. Throws when the SDK rejects the settings; a proof that Entra ID refuses
 * fails with the first token.
 */
export function createCredential(settings: CredentialSettings, trust: Trust): TokenCredential {
  const options = clientOptions(settings, trust);
  openCredential(settings, options);
  return { getToken: (scopes, more) => openCredential(settings, options).getToken(scopes, more) };
}
