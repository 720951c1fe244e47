/** Wires sessions: who the caller of a request is, and what is opened for each of their operations. */
import { ANYBODY, callerKey } from './access/caller.ts';
import type { Caller } from './access/caller.ts';
import { wireCaches } from './caches.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { WiredContent } from './content.ts';
import type { Context } from './graphql/context.ts';
import { createPrefetch } from './graphql/prefetch/prefetch.ts';
import type { OpenSession } from './http/session.ts';
import type { Log } from './log.ts';
import { createOperation } from './msgraph/operation.ts';
import { createContents } from './recordings/content.ts';
import type { Feed } from './recordings/delta/feed.ts';
import type { DeltaTokens } from './recordings/delta/position.ts';
import { createRecordings } from './recordings/recordings.ts';
import type { Seal } from './recordings/seal.ts';
import type { Store } from './store/store.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import type { Upstream } from './upstream.ts';

interface SessionParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly store: Store;
  readonly seal: Seal;
  readonly metrics: Metrics | null;
  readonly upstream: Upstream;
  readonly telemetry: Telemetry;
  readonly feed: Feed;
  readonly tokens: DeltaTokens;
  /** Creates the links to content for a caller. */
  readonly linksFor: WiredContent['linksFor'];
}

/** Creates the function that finds the caller of an `Authorization` header: `ANYBODY` without authentication. */
async function createCallerOf({
  config,
  clock,
  log,
}: SessionParts): Promise<(authorization: string | undefined) => Promise<Caller>> {
  if (config.callers === null) return () => Promise.resolve(ANYBODY);
  const { createAuthentication } = await import('./access/authentication.ts');
  const authentication = createAuthentication({
    ...config.callers,
    certificateAuthority: config.graphCertificateAuthority,
    clock,
    onKeysNotRenewed: (error) =>
      log.warn({ error }, 'the keys of Entra ID could not be renewed; the cached keys stay in use'),
  });
  return (authorization) => authentication.authenticate(authorization);
}

/** Creates the function that opens sessions. Called once, when the gateway starts. */
export async function wireSessions(parts: SessionParts): Promise<OpenSession<Context>> {
  const { config, clock, seal, upstream, telemetry, feed, tokens, linksFor } = parts;
  const callerOf = await createCallerOf(parts);
  const openKeeping = wireCaches(parts);
  const limits = {
    timeoutMs: config.operationTimeoutMs,
    graphRequests: config.operationGraphRequests,
    httpRequests: config.operationHttpRequests,
  };

  return async (authorization) => {
    const caller = await callerOf(authorization);
    const clients = upstream.clientsOf(caller);
    const linkTo = linksFor(caller);
    return {
      endsAtMs: caller.kind === 'anybody' ? null : caller.expiresAtMs,
      caller: callerKey(caller),
      open(requestId, request, waitedMs = 0) {
        const { trace, observer, end } = telemetry.watchOperation(request, waitedMs);
        const operation = createOperation({ requestId, limits, clock, caller: callerKey(caller), trace, waitedMs });
        const keeping = openKeeping();
        return {
          context: {
            recordings: createRecordings({ ...clients, operation, seal, feed, tokens, ...keeping }),
            prefetch: createPrefetch(operation.mayPrefetch),
            contents: createContents({ own: clients.own, operation, linkTo }),
            signal: operation.signal,
            observer,
          },
          freshForMs: keeping.freshness.leftMs,
          end() {
            operation.end();
            end();
          },
        };
      },
    };
  };
}
