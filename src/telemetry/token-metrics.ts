/** Metrics of access tokens for Microsoft Graph. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Whether a token is the application's own, or on behalf of a caller. */
export type CredentialKind = 'application' | 'caller';

export interface TokenMetrics {
  /** Counts a request for a token: when it expires in milliseconds since the epoch, or null when it failed. */
  readonly acquired: (credential: CredentialKind, expiresAtMs: number | null) => void;
}

/** Creates the token metrics. `now` returns the time in milliseconds since the epoch. */
export function createTokenMetrics(registry: Registry, now: () => number): TokenMetrics {
  const registers = [registry];
  const acquisitions = new Counter({
    name: 'gateway_token_acquisitions_total',
    help: 'Tokens for Microsoft Graph requested from Entra ID, by credential and outcome.',
    labelNames: ['credential', 'outcome'] as const,
    registers,
  });
  const newestMs = new Map<CredentialKind, number>();
  const remaining = new Gauge({
    name: 'gateway_token_remaining_seconds',
    help: 'Remaining lifetime of the token that expires last; absent before the first token.',
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
