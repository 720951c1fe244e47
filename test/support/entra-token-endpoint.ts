/** The token endpoint of Entra ID: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
import { X509Certificate, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { EntraIdentity } from './entra-identity.ts';
import type { TokenIssuer } from './entra-token-issuer.ts';

/** An answer instead of a token: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes */
export interface Refusal {
  readonly error: string;
  readonly code: number;
  readonly description: string;
  /** As JSON. */
  readonly claims?: string;
}

interface TokenEndpointOptions {
  readonly authority: string;
  readonly identity: EntraIdentity;
  readonly issuer: TokenIssuer;
  readonly settings: {
    readonly tokens: string | Refusal;
    readonly expiresInSeconds: number;
    readonly roles: readonly string[];
    readonly scopes: readonly string[];
  };
}

/** Clocks differ, and some round up. */
const CLOCK_TOLERANCE_SECONDS = 60;

type Form = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const invalidClient = (code: number, description: string): Refusal => ({ error: 'invalid_client', code, description });

const thumbprint = (fingerprint: string): string =>
  Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');

function answerOf({ error, code, description, claims }: Refusal): Answer {
  return {
    status: error === 'invalid_client' ? 401 : 400,
    body: {
      error,
      error_description: `AADSTS${code}: ${description}`,
      error_codes: [code],
      timestamp: '2026-11-23 12:00:00Z',
      trace_id: randomUUID(),
      correlation_id: randomUUID(),
      ...(claims === undefined ? {} : { claims }),
    },
  };
}

/** Creates the function that answers token requests, given their form and tenant. */
export function createTokenEndpoint(options: TokenEndpointOptions): (form: Form, tenant: string) => Promise<Answer> {
  const { authority, identity, issuer, settings } = options;
  const { clientId, clientSecret, platform, tenantId } = identity;
  const certificate = new X509Certificate(identity.certificate.cert);

  /** https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials */
  async function verifyByCertificate(assertion: string): Promise<void> {
    const header = decodeProtectedHeader(assertion);
    if (
      header.x5t !== thumbprint(certificate.fingerprint) &&
      header['x5t#S256'] !== thumbprint(certificate.fingerprint256)
    ) {
      throw new Error('The certificate is not registered.');
    }
    await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['PS256', 'RS256'],
      issuer: clientId,
      subject: clientId,
      audience: [`${authority}/${tenantId}/oauth2/v2.0/token`, `${authority}/${tenantId}/v2.0`],
      requiredClaims: ['exp', 'jti', 'nbf'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
  }

  /** https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation */
  async function verifyByPlatform(assertion: string): Promise<void> {
    await jwtVerify(assertion, new X509Certificate(platform.cert).publicKey, {
      algorithms: ['RS256'],
      issuer: platform.issuer,
      subject: platform.subject,
      audience: 'api://AzureADTokenExchange',
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
  }

  /** Why the credential in a form is refused; null if it is the application's. */
  async function faultOfProof(form: Form): Promise<Refusal | null> {
    const { client_id: id, client_secret: secret, client_assertion: assertion } = form;
    if (id !== clientId) {
      return { error: 'unauthorized_client', code: 700_016, description: 'There is no such application.' };
    }
    if (secret !== undefined) {
      return secret === clientSecret ? null : invalidClient(7_000_215, 'The client secret is not the right one.');
    }
    if (
      assertion === undefined ||
      form['client_assertion_type'] !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    ) {
      return invalidClient(7_000_218, 'There is neither a client_secret nor a client_assertion.');
    }
    try {
      const header = decodeProtectedHeader(assertion);
      await ('x5t' in header || 'x5t#S256' in header ? verifyByCertificate(assertion) : verifyByPlatform(assertion));
      return null;
    } catch (error) {
      return invalidClient(700_027, `The client_assertion is not accepted. ${String(error)}`);
    }
  }

  async function give(form: Form, wish: Parameters<TokenIssuer['issue']>[0]): Promise<Answer> {
    const { expiresInSeconds } = settings;
    const audience = form['scope']?.split(' ').find((scope) => scope.endsWith('/.default'));
    if (audience === undefined) {
      return answerOf({ error: 'invalid_scope', code: 1_002_012, description: 'The scope has to end in /.default.' });
    }
    const token = await issuer.issue({
      ...wish,
      version: 1,
      audience: audience.slice(0, -'/.default'.length),
      expiresInSeconds,
      // Makes each token unique.
      claims: { uti: randomUUID() },
    });
    return { status: 200, body: { token_type: 'Bearer', expires_in: expiresInSeconds, access_token: token } };
  }

  /** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-on-behalf-of-flow */
  async function giveOnBehalfOf(form: Form): Promise<Answer> {
    let objectId: unknown;
    try {
      ({ oid: objectId } = await issuer.verify(form['assertion'] ?? '', clientId));
    } catch (error) {
      return answerOf({
        error: 'invalid_grant',
        code: 50_013,
        description: `The assertion is not accepted. ${String(error)}`,
      });
    }
    return give(form, { kind: 'user', objectId: String(objectId), scp: settings.scopes.join(' ') });
  }

  return async (form, tenant) => {
    if (typeof settings.tokens !== 'string') return answerOf(settings.tokens);
    if (tenant !== tenantId) {
      return answerOf({ error: 'invalid_request', code: 90_002, description: `There is no tenant ${tenant}.` });
    }
    const fault = await faultOfProof(form);
    if (fault !== null) return answerOf(fault);
    if (form['grant_type'] === 'client_credentials') return give(form, { kind: 'application', roles: settings.roles });
    if (form['requested_token_use'] === 'on_behalf_of') return giveOnBehalfOf(form);
    return answerOf({ error: 'unsupported_grant_type', code: 70_003, description: 'This grant is not known here.' });
  };
}
