/** The identities in the tests' Entra ID, and the credentials of the application. */
import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { generate } from 'selfsigned';

interface Certificate {
  /** The key and the certificate, in PEM. */
  readonly private: string;
  readonly cert: string;
}

export interface EntraIdentity {
  readonly tenantId: string;
  /** The application that the gateway is. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** The object id of the application's service principal. */
  readonly servicePrincipalId: string;
  /** Some user. */
  readonly userId: string;
  /** The certificate authority of its https, in PEM. */
  readonly certificateAuthority: string;
  readonly tls: Certificate;
  /** The application's own. */
  readonly certificate: Certificate;
  /** The platform that the application runs on, whose tokens Entra ID trusts. */
  readonly platform: Certificate & { readonly issuer: string; readonly subject: string };
  /** A token of that platform for the application, or for another `subject`. */
  federatedToken(subject?: string): Promise<string>;
  /** The header that the endpoint of a managed identity requires. */
  readonly identityHeader: string;
}

/** An RSA certificate for 127.0.0.1, valid for a day. */
async function createCertificate(name: string): Promise<Certificate> {
  return generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 24 * 60 * 60_000),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
}

let created: Promise<EntraIdentity> | undefined;

/** Gives the same identity at each call, because RSA keys take long to make. */
export function createEntraIdentity(): Promise<EntraIdentity> {
  created ??= create();
  return created;
}

async function create(): Promise<EntraIdentity> {
  const [tls, certificate, platformCertificate] = await Promise.all(
    ['entra', 'gateway', 'platform'].map(createCertificate),
  );
  if (tls === undefined || certificate === undefined || platformCertificate === undefined) {
    throw new Error('Expected three certificates.');
  }
  const platform = { ...platformCertificate, issuer: 'https://platform.example', subject: 'system:gateway' };
  return {
    tenantId: '7d3c1a52-90f4-4b1e-8a6d-2f5be0c4a911',
    clientId: 'c0ffee00-5a1e-4d2b-9b7f-61e0a3d94c28',
    clientSecret: 'marked~client~secret',
    servicePrincipalId: '5e41d0aa-77b3-4c59-a1f2-08d6c9be3375',
    userId: '1b9f8e37-c25d-4e80-b6a4-d3f0712a5c9e',
    certificateAuthority: tls.cert,
    tls,
    certificate,
    platform,
    federatedToken: (subject = platform.subject) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(platform.issuer)
        .setSubject(subject)
        .setAudience('api://AzureADTokenExchange')
        .setExpirationTime('1h')
        .sign(createPrivateKey(platform.private)),
    identityHeader: 'marked-identity-header',
  };
}
