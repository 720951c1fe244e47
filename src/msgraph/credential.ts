/** How the gateway proves to Entra ID which application it is. */
import { getCACertificates } from 'node:tls';
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  DefaultAzureCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { isCloudAuthority } from './cloud.ts';

/** The application, and its proof. `authority` is Entra ID's origin, https, without a tenant. */
export type CredentialSettings = ApplicationSettings | DefaultChainSettings;

/** The application and its proof where both are named, as on-behalf-of needs them. */
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
  /** A file in PEM with the certificate and its private key, which is read anew for each token. */
  readonly certificatePath: string;
  /** Of the private key. */
  readonly certificatePassword?: string | undefined;
}

interface WorkloadIdentity {
  readonly kind: 'workloadIdentity';
  /** A file with a token of the platform that Entra ID trusts, which is read anew for each token. */
  readonly tokenFilePath: string;
}

/**
 * The chain of the Azure SDK, which reads its own variables: `AZURE_TOKEN_CREDENTIALS` pins it to one credential, so that
 * with `ManagedIdentityCredential` only a managed identity is taken, and with `prod` nothing of a developer's machine.
 * https://learn.microsoft.com/en-us/azure/developer/javascript/sdk/authentication/credential-chains
 */
interface DefaultChainSettings {
  readonly kind: 'default';
  /** Of a user-assigned managed identity; without it the system-assigned one is taken. */
  readonly clientId?: string | undefined;
  readonly authority: string;
}

/** Whom to trust on the way to Entra ID. */
export interface Trust {
  /** A certificate authority beside the usual ones, in PEM. */
  readonly certificateAuthority?: string | undefined;
}

/**
 * An operation does not wait for long, so that many tries one after the other would help nobody. The chain keeps the SDK's
 * own: the endpoint of a managed identity may take seconds to be there after a start.
 */
const RETRIES = { maxRetries: 2, retryDelayInMs: 250, maxRetryDelayInMs: 1_000 };

/** The options that every credential of the SDK has in common. */
export interface ClientOptions {
  readonly authorityHost: string;
  readonly disableInstanceDiscovery: boolean;
  readonly retryOptions?: typeof RETRIES;
  readonly tlsOptions?: { readonly ca: string[] };
}

/** What a credential has to know of the way to Entra ID, whatever its proof. */
export function clientOptions({ kind, authority }: CredentialSettings, { certificateAuthority }: Trust): ClientOptions {
  return {
    authorityHost: authority,
    // Discovery asks the global cloud whether an authority is a known one, and refuses every other.
    disableInstanceDiscovery: !isCloudAuthority(authority),
    ...(kind === 'default' ? {} : { retryOptions: RETRIES }),
    // The list takes the place of the usual authorities.
    ...(certificateAuthority === undefined
      ? {}
      : { tlsOptions: { ca: [...getCACertificates('default'), certificateAuthority] } }),
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
 * Makes the credential that the settings name; called once, at the start. It has no memory of its own: each call gets a new
 * token, because the SDK's memory would give one that Graph has refused again and again. Only a managed identity's is
 * remembered all the same, by MSAL and for the whole process. Throws when the SDK cannot make anything of the settings;
 * that Entra ID refuses the proof is seen with the first token.
 */
export function createCredential(settings: CredentialSettings, trust: Trust): TokenCredential {
  const options = clientOptions(settings, trust);
  openCredential(settings, options);
  return { getToken: (scopes, more) => openCredential(settings, options).getToken(scopes, more) };
}
