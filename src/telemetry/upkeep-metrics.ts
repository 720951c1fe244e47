/** What is counted of tokens, rounds of change tracking and streams. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Whose tokens: those of the application, or those on behalf of callers. */
export type CredentialKind = 'application' | 'caller';

export interface UpkeepMetrics {
  /** A token was had, good until then in milliseconds since the epoch, or null: there was none. */
  readonly acquired: (credential: CredentialKind, expiresAtMs: number | null) => void;
  readonly round: (hasFailed: boolean) => void;
  /** One recording more streams, or one fewer. */
  readonly streams: (change: 1 | -1) => void;
  readonly sent: (bytes: number) => void;
  /** Somebody wanted a stream, and all places were taken. */
  readonly refused: () => void;
}

/** Creates what counts these. `now` gives the time in milliseconds since the epoch. */
export function createUpkeepMetrics(registry: Registry, now: () => number): UpkeepMetrics {
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
  const rounds = new Counter({
    name: 'gateway_feed_rounds_total',
    help: 'Rounds of change tracking that ran here, by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const streams = new Gauge({
    name: 'gateway_content_streams_open',
    help: 'Recordings that stream.',
    registers,
  });
  const bytes = new Counter({
    name: 'gateway_content_sent_bytes_total',
    help: 'Bytes of recordings that were sent to viewers.',
    registers,
  });
  const refusals = new Counter({
    name: 'gateway_content_refused_total',
    help: 'Requests for a recording that were refused because so many stream already.',
    registers,
  });
  for (const outcome of ['ok', 'failed'] as const) {
    acquisitions.inc({ credential: 'application', outcome }, 0);
    rounds.inc({ outcome }, 0);
  }

  return {
    acquired(credential, expiresAtMs) {
      acquisitions.inc({ credential, outcome: expiresAtMs === null ? 'failed' : 'ok' });
      if (expiresAtMs !== null) newestMs.set(credential, Math.max(expiresAtMs, newestMs.get(credential) ?? 0));
    },
    round: (hasFailed) => rounds.inc({ outcome: hasFailed ? 'failed' : 'ok' }),
    streams: (change) => streams.inc(change),
    sent: (count) => bytes.inc(count),
    refused: () => refusals.inc(),
  };
}
