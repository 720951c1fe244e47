/** A token endpoint of Entra ID that fails on demand: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { FaultKind } from '../../src/emulator/faults/faults.ts';
import { createEntraIdentity } from '../support/entra-identity.ts';
import { listen } from '../support/server.ts';
import type { Fault } from './faults.ts';

export interface TokenEndpoint {
  /** Its origin, https. */
  readonly authority: string;
  /** The certificate authority to trust, in PEM. */
  readonly certificateAuthority: string;
  /** How often a token was requested. */
  readonly asked: () => number;
  /** Lets the next requests for a token fail. */
  readonly fail: (fault: Fault) => void;
}

type Failing = Exclude<Fault, string>;

function metadataOf(authority: string, tenant: string): unknown {
  return {
    issuer: `${authority}/${tenant}/v2.0`,
    authorization_endpoint: `${authority}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/${tenant}/discovery/v2.0/keys`,
  };
}

function retryAfterOf({ retryAfter, retryAfterSeconds, retryAfterAsDate }: Failing): string | null {
  if (retryAfter !== undefined || retryAfterSeconds === undefined) return retryAfter ?? null;
  // The library that reads it uses the machine's clock.
  return retryAfterAsDate === true
    ? new Date(Date.now() + retryAfterSeconds * 1_000).toUTCString()
    : String(retryAfterSeconds);
}

function answer(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** The effect of each fault on an answer with this body. */
const EFFECTS: { readonly [Kind in FaultKind]?: (response: ServerResponse, fault: Failing, body: string) => void } = {
  status(response, fault) {
    const retryAfter = retryAfterOf(fault);
    if (retryAfter !== null) response.setHeader('retry-after', retryAfter);
    const error = fault.status === 401 ? 'invalid_client' : 'temporarily_unavailable';
    answer(response, fault.status ?? 503, JSON.stringify({ error, error_description: `AADSTS${fault.status}: No.` }));
  },
  reset: (response) => response.socket?.destroy(),
  cut(response, _, body) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, 20), () => response.socket?.destroy());
  },
  trickle: (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
  truncated: (response, _, body) => answer(response, 200, body.slice(0, body.length / 2)),
  html: (response) => answer(response, 200, '<!doctype html><title>Sign in</title>', 'text/html'),
  wrongContentType: (response, _, body) => answer(response, 200, body, 'text/plain'),
  empty: (response) => answer(response, 200, ''),
  wrongJson: (response) => answer(response, 200, '{"message":"This is JSON of another shape."}'),
};

function answerBadly(response: ServerResponse, fault: Failing, body: string): void {
  const effect = EFFECTS[fault.kind];
  if (effect === undefined) throw new Error(`Expected a fault that token requests can have, but got "${fault.kind}".`);
  effect(response, fault, body);
}

/** Starts one that gives a new token each time; it ends with the test. */
export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  const { tls, certificateAuthority } = await createEntraIdentity();
  let asked = 0;
  let failing: { readonly fault: Failing | null; left: number } = { fault: null, left: 0 };
  let authority = '';

  function listener({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(url, authority);
    if (!pathname.endsWith('/token')) {
      answer(response, 200, JSON.stringify(metadataOf(authority, pathname.split('/')[1] ?? '')));
      return;
    }
    asked += 1;
    const body = JSON.stringify({ token_type: 'Bearer', expires_in: 3_600, access_token: `token-${asked}` });
    if (failing.left === 0) {
      answer(response, 200, body);
      return;
    }
    failing.left -= 1;
    if (failing.fault !== null) answerBadly(response, failing.fault, body);
  }

  const server = createServer({ key: tls.private, cert: tls.cert }, listener);
  authority = `https://127.0.0.1:${await listen(server)}`;
  return {
    authority,
    certificateAuthority,
    asked: () => asked,
    fail(fault) {
      if (fault === 'refused') {
        server.closeAllConnections();
        server.close();
      }
      failing = typeof fault === 'string' ? { fault: null, left: Infinity } : { fault, left: fault.times ?? 1 };
    },
  };
}
