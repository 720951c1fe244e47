/** What is counted of tokens for Microsoft Graph. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Whose tokens: those of the application, or those on behalf of callers. */
export type CredentialKind = 'application' | 'caller';

export interface TokenMetrics {
  /** A token was had, good until then in milliseconds since the epoch, or null: there was none. */
  readonly acquired: (credential: CredentialKind, expiresAtMs: number | null) => void;
}

/** Creates what counts these. `now` gives the time in milliseconds since the epoch. */
export function createTokenMetrics(registry: Registry, now: () => number): TokenMetrics {
  const registers = [registry];
  const acquisitions = new Counter({
    name: 'gateway_token_acquisitions_total',
    help: 'Tokens for Microsoft Graph that were asked of Entra ID, by whose and by what came of it.',
    labelNames: ['credential', 'outcome'] as const,
    registers,
  });
  const newestMs = new Map<CredentialKind, number>();
  const remaining = new Gauge({
    name: 'gateway_token_remaining_seconds',
    help: 'How long the token is good that is good longest; not there while there has been none.',
    labelNames: ['credential'] as const,
    registers,
    collect() {
      for (const [credential, expiresAtMs] of newestMs) remaining.set({ credential }, (expiresAtMs - now()) / 1_000);
    },
  });
  for (const outcome of ['ok', 'failed'] as const) acquisitions.inc({ credential: 'application', outcome }, 0);
  return {
    acquired(credential, expiresAtMs) {
      acquisitions.inc({ credential, outcome: expiresAtMs === null ? 'failed' : 'ok' });
      if (expiresAtMs !== null) newestMs.set(credential, Math.max(expiresAtMs, newestMs.get(credential) ?? 0));
    },
  };
}
