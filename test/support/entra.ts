/** An Entra ID over https: it issues tokens of callers, and tokens for Graph to the authenticated application. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { createEntraIdentity } from './entra-identity.ts';
import type { EntraIdentity } from './entra-identity.ts';
import { createTokenEndpoint } from './entra-token-endpoint.ts';
import type { Refusal } from './entra-token-endpoint.ts';
import { createTokenIssuer } from './entra-token-issuer.ts';
import type { TokenIssuer } from './entra-token-issuer.ts';
import { createFolder } from './process.ts';

/** How Entra ID behaves: it answers, breaks the connection, never answers, or answers with an error. */
type Behaviour = 'up' | 'down' | 'hanging' | 'failing';

/** Settings that a test can change at any time. */
export interface EntraSettings {
  /** The endpoint of the keys. */
  keys: Behaviour;
  /** The issuer that the published keys are marked with; every tenant while undefined. */
  keyIssuer: string | undefined;
  /** The token endpoints. A refusal is the answer to every request for a token. */
  tokens: Behaviour | Refusal;
  /** The lifetime of a token for Graph. */
  expiresInSeconds: number;
  /** The permissions of the application in Graph. */
  roles: string[];
  /** Its permissions on behalf of a user. */
  scopes: string[];
}

/** One received request. */
export interface EntraRequest {
  readonly method: string;
  readonly path: string;
  /** The posted form. */
  readonly form: Readonly<Record<string, string>>;
}

export interface Entra extends EntraIdentity, TokenIssuer {
  /** Its origin, `https://127.0.0.1:…`. */
  readonly authority: string;
  readonly settings: EntraSettings;
  readonly requests: readonly EntraRequest[];
  /** The requests for a token, each as its `grant_type`. */
  grants(): string[];
  /** The tokens issued for Graph so far. */
  readonly given: readonly string[];
  /** The files with credentials of the application: its certificate with the key, and a token of its platform. */
  readonly certificatePath: string;
  readonly federatedTokenPath: string;
}

export interface EntraOptions {
  /** The clock for issuing tokens; the machine's when left out. */
  readonly clock?: { now(): number };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const NOT_FOUND: Answer = { status: 404, body: { error: 'not_found' } };

/** Starts an Entra ID with one tenant and one application in it; it ends with the test. */
export async function startEntra({ clock = Date }: EntraOptions = {}): Promise<Entra> {
  const identity = await createEntraIdentity();
  const requests: EntraRequest[] = [];
  const given: string[] = [];
  const settings: EntraSettings = {
    keys: 'up',
    keyIssuer: undefined,
    tokens: 'up',
    expiresInSeconds: 3_600,
    roles: ['OnlineMeetingRecording.Read.All', 'OnlineMeetings.Read.All', 'User.Read.All'],
    scopes: ['OnlineMeetingRecording.Read.All', 'OnlineMeetings.Read', 'User.Read', 'User.ReadBasic.All'],
  };
  const server = createServer({ key: identity.tls.private, cert: identity.tls.cert });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected to listen on a port.');
  const authority = `https://127.0.0.1:${address.port}`;
  const issuer = await createTokenIssuer({ authority, clock, ...identity });
  const giveToken = createTokenEndpoint({ authority, identity, issuer, settings });

  async function answer(request: IncomingMessage, url: URL, form: EntraRequest['form']): Promise<Answer> {
    const [, tenant = '', ...rest] = url.pathname.split('/');
    switch (`${request.method} ${rest.join('/')}`) {
      case 'GET v2.0/.well-known/openid-configuration':
        return { status: 200, body: metadata(authority, tenant) };
      case 'GET discovery/v2.0/keys':
        return { status: 200, body: { keys: issuer.publicKeys(settings.keyIssuer) } };
      case 'POST oauth2/v2.0/token':
        return giveToken(form, tenant);
      case 'GET token':
        // https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity#rest-endpoint-reference
        return tenant === 'msi' && request.headers['x-identity-header'] === identity.identityHeader
          ? { status: 200, body: await managedIdentityToken(issuer, settings, url.searchParams.get('resource') ?? '') }
          : NOT_FOUND;
      default:
        return NOT_FOUND;
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', authority);
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    requests.push({ method: request.method ?? '', path: url.pathname, form });
    const behaviour = url.pathname.endsWith('/keys') ? settings.keys : settings.tokens;
    if (behaviour === 'hanging') return;
    if (behaviour === 'down') {
      request.socket.destroy();
      return;
    }
    const { status, body } =
      behaviour === 'failing' ? { status: 503, body: { keys: [] } } : await answer(request, url, form);
    if (body instanceof Object && 'access_token' in body) given.push(String(body.access_token));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void handle(request, response));

  const folder = await createFolder();
  const certificatePath = join(folder, 'application.pem');
  await writeFile(certificatePath, identity.certificate.private + identity.certificate.cert);
  const federatedTokenPath = join(folder, 'federated-token');
  await writeFile(federatedTokenPath, `${await identity.federatedToken()}\n`);
  return {
    ...identity,
    ...issuer,
    authority,
    settings,
    requests,
    given,
    grants: () => requests.flatMap(({ form }) => form['grant_type'] ?? []),
    certificatePath,
    federatedTokenPath,
  };
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc#fetch-the-openid-configuration-document */
function metadata(authority: string, tenant: string): unknown {
  return {
    issuer: `${authority}/${tenant === 'common' ? '{tenantid}' : tenant}/v2.0`,
    authorization_endpoint: `${authority}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/${tenant}/discovery/v2.0/keys`,
  };
}

async function managedIdentityToken(
  issuer: TokenIssuer,
  { expiresInSeconds, roles }: EntraSettings,
  audience: string,
): Promise<unknown> {
  return {
    access_token: await issuer.issue({ kind: 'application', version: 1, audience, roles, expiresInSeconds }),
    expires_on: String(Math.floor(Date.now() / 1_000) + expiresInSeconds),
    resource: audience,
    token_type: 'Bearer',
  };
}
