/** Opens access to Microsoft Graph: its origin, and the tokens for it. */
import type { Clock } from './clock.ts';
import type { Config, GraphSettings, OnBehalfOfSettings } from './config.ts';
import type { Log } from './log.ts';
import type { OnBehalfOf, OnBehalfOfOptions } from './msgraph/credentials/on-behalf-of.ts';
import { reportFailures } from './msgraph/credentials/token-failure.ts';
import { createTokenSource, fixedToken } from './msgraph/credentials/token.ts';
import type { GetToken } from './msgraph/credentials/token.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { CredentialKind } from './telemetry/token-metrics.ts';

/** The number of callers whose tokens and clients are kept. */
export const CALLERS_KEPT = 1_000;

/** The origin of Graph and the tokens for it. */
export interface GraphAccess {
  readonly origin: string;
  /** Gets tokens of the application. */
  readonly getToken: GetToken;
  /** Gets tokens on behalf of callers; null if every request is made as the application. */
  readonly onBehalfOf: (OnBehalfOf & { readonly asApplicationToo: boolean }) | null;
  /** For the playground and the log. */
  readonly description: string;
}

export interface AccessParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  /** Counts tokens and requests; null or undefined if nothing is counted. */
  readonly metrics?: Metrics | null | undefined;
}

/**
 * Logs why a token could not be acquired, the same reason at most once a minute: clients receive only that there is
 * none.
 */
function withLoggedFaults(getToken: GetToken, { log, clock }: Pick<AccessParts, 'log' | 'clock'>): GetToken {
  return reportFailures(getToken, clock, (error) => log.error({ error }, 'no access token for Microsoft Graph'));
}

async function openOnBehalfOf(
  { application, asApplicationToo }: OnBehalfOfSettings,
  options: Omit<OnBehalfOfOptions, 'settings'>,
  parts: Pick<AccessParts, 'log' | 'clock'>,
): Promise<GraphAccess['onBehalfOf']> {
  const { createOnBehalfOf } = await import('./msgraph/credentials/on-behalf-of.ts');
  const onBehalfOf = createOnBehalfOf({ settings: application, ...options });
  return {
    asApplicationToo,
    tokenSourceFor: (token, expiresAtMs) => withLoggedFaults(onBehalfOf.tokenSourceFor(token, expiresAtMs), parts),
  };
}

/** Access to a Graph with one fixed token for all callers: the emulator's, or one for development. */
export function openGraphAccess(origin: string, token: string, description: string): GraphAccess {
  return { origin, getToken: fixedToken(token), onBehalfOf: null, description };
}

/** Opens access to the configured Graph, except an emulator. Rejects if the credential cannot be created. */
export async function graphAccess(
  settings: Exclude<GraphSettings, { kind: 'emulator' }>,
  { config, log, clock, metrics }: AccessParts,
): Promise<GraphAccess> {
  const { origin } = settings;
  const description = `Microsoft Graph at ${origin}`;
  if (settings.kind === 'token') return openGraphAccess(origin, settings.token, description);
  // The Azure SDK is four hundred modules, which a gateway without credentials does not need.
  const { createCredential } = await import('./msgraph/credentials/credential.ts');
  const { scope, onBehalfOf } = settings;
  const trust = { certificateAuthority: config.graphCertificateAuthority };
  const onRenewalFailed = (error: unknown): void =>
    log.warn({ error }, 'a token for Microsoft Graph could not be renewed; the current token stays in use');
  const credential = createCredential(settings.credential, trust);
  const counted = (whose: CredentialKind) => ({
    onAcquired: metrics ? (expiresAtMs: number | null) => metrics.tokens.acquired(whose, expiresAtMs) : undefined,
  });
  const options = { scope, clock, onRenewalFailed };
  return {
    origin,
    getToken: withLoggedFaults(createTokenSource({ credential, ...options, ...counted('application') }), {
      log,
      clock,
    }),
    onBehalfOf:
      onBehalfOf &&
      (await openOnBehalfOf(
        onBehalfOf,
        { ...options, ...counted('caller'), trust, capacity: CALLERS_KEPT },
        { log, clock },
      )),
    description,
  };
}
