/** Wires content: makes links for callers, and opens the recording when a link is requested. */
import type { IncomingMessage } from 'node:http';
import { onAbort, unlessAborted } from './abort.ts';
import { callerKey } from './access/caller.ts';
import type { Caller } from './access/caller.ts';
import { readLinkedCaller, toCaller, writeLinkedCaller } from './access/linked-caller.ts';
import type { LinkedCaller } from './access/linked-caller.ts';
import { createCallerTokens } from './caller-tokens.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { ContentEndpoint, LinkedContent } from './http/content/content.ts';
import type { Log } from './log.ts';
import { createForgettingCache } from './msgraph/credentials/forgetting-cache.ts';
import { GraphError } from './msgraph/error.ts';
import { createOperation } from './msgraph/operation.ts';
import { contentPath, onlineMeetingPath } from './msgraph/path.ts';
import { readOnlineMeeting } from './msgraph/resources/online-meeting.ts';
import { ContentLinkError, createContentLinks } from './recordings/content-link.ts';
import type { LinkTo } from './recordings/content.ts';
import type { Seal } from './recordings/seal.ts';
import type { Store } from './store/store.ts';
import type { Upstream } from './upstream.ts';

interface ContentWiring {
  readonly config: Config;
  readonly upstream: Upstream;
  /** Whether Graph is called on behalf of callers, which requires their tokens. */
  readonly asksOnBehalfOf: boolean;
  readonly store: Store;
  readonly seal: Seal;
  /** Identifies the tenant. */
  readonly tenant: string;
  /** The origin of links to this gateway. */
  readonly origin: () => string;
  /** The trace of a request, which its exchanges with Graph join. */
  readonly traceOf: (request: IncomingMessage) => unknown;
  readonly log: Log;
  readonly clock: Clock;
}

export interface WiredContent {
  /** Makes links for one caller. */
  readonly linksFor: (caller: Caller) => LinkTo;
  readonly openLink: ContentEndpoint['openLink'];
}

/** The subject only names the file, so it is not worth a longer wait. */
const SUBJECT_LIMITS = { timeoutMs: 2_000, graphRequests: 1, httpRequests: 10 };
/** The number of links whose subjects are remembered. */
const REMEMBERED = 1_000;
/** The statuses of Graph that hold for the lifetime of a link. Any other failure may be gone at the next request. */
const LASTING = new Set<number | null>([403, 404]);

/** Whether a failure is lasting. One for lack of claims ends when the caller has a token with them. */
function isLasting(error: unknown): boolean {
  return error instanceof GraphError && LASTING.has(error.status) && error.claims === null;
}

/** Wires content. With on-behalf-of, a caller's token is kept sealed in the store for requests with their link. */
export function wireContent(wiring: ContentWiring): WiredContent {
  const { config, upstream, store, seal, tenant, clock } = wiring;
  const links = createContentLinks(seal, tenant, clock);
  const limits = {
    timeoutMs: config.operationTimeoutMs,
    graphRequests: 1,
    httpRequests: config.operationHttpRequests,
  };
  const subjects = createForgettingCache<{ read: Promise<string | null> | null }>({ capacity: REMEMBERED, clock });
  const tokens = createCallerTokens({ store, seal, tenant, clock });

  /** Whether this gateway accepts the caller: another gateway, or an earlier configuration, may have made the link. */
  function isTaken(linked: LinkedCaller): boolean {
    if (config.callers === null) return true;
    return linked.kind !== 'anybody' && config.callers.tenantIds.some((id) => id.toLowerCase() === linked.tenantId);
  }

  /** The token of a caller; empty if Graph is not called with it. */
  async function tokenOf(linked: LinkedCaller): Promise<string> {
    if (linked.kind !== 'user' || !wiring.asksOnBehalfOf) return '';
    if (linked.tokenKey === null) throw new ContentLinkError('FOREIGN');
    const token = await tokens.read(linked.tokenKey);
    if (token === null) throw new ContentLinkError('EXPIRED');
    return token;
  }

  async function openLink(sealed: string, request: IncomingMessage, requestId: string): Promise<LinkedContent> {
    const trace = wiring.traceOf(request);
    const link = links.open(sealed);
    const { address, createdDateTime } = link;
    const linked = readLinkedCaller(link.caller);
    if (!isTaken(linked)) throw new ContentLinkError('FOREIGN');
    const caller = toCaller(linked, await tokenOf(linked));
    const by = { requestId, clock, caller: callerKey(linked), trace };
    const { policy, client, content } = upstream.clientsOf(caller).own;
    policy.requireOrganizer(address.meetingOrganizerId);

    const remembered = subjects.get(sealed, link.expiresAtMs, () => ({ read: null }));

    async function readSubject(): Promise<string | null> {
      const operation = createOperation({ ...by, limits: SUBJECT_LIMITS });
      try {
        const body = await client.get(onlineMeetingPath(address.meetingOrganizerId, address.meetingId), operation);
        return readOnlineMeeting(body).subject ?? null;
      } catch (error) {
        if (!isLasting(error)) remembered.read = null;
        wiring.log.debug(
          { requestId, error },
          'the meeting of a recording could not be read; the file name omits its subject',
        );
        return null;
      } finally {
        operation.end();
      }
    }

    const path = contentPath(address.meetingOrganizerId, address.meetingId, address.id);
    return {
      address,
      createdDateTime,
      caller: linked,
      subject: () => (remembered.read ??= readSubject()),
      async inTime(outcome) {
        const operation = createOperation({ requestId, limits, clock, caller: null });
        try {
          return await unlessAborted(outcome, operation.signal);
        } finally {
          operation.end();
        }
      },
      async open(range, signal) {
        const operation = createOperation({ ...by, limits });
        const stopListening = onAbort(signal, () => operation.end());
        try {
          return await content.open(path, range, operation);
        } finally {
          stopListening();
          operation.end();
        }
      },
    };
  }

  return {
    linksFor(caller) {
      return async (address, createdDateTime, lifetimeMs) => {
        const endsAtMs = caller.kind === 'anybody' ? Infinity : caller.expiresAtMs;
        const expiresAtMs = Math.min(clock.now() + lifetimeMs, endsAtMs);
        const tokenKey =
          wiring.asksOnBehalfOf && caller.kind === 'user' ? await tokens.keep(caller.token, caller.expiresAtMs) : null;
        const linked = writeLinkedCaller(caller, config.policy.tenantRole, tokenKey);
        const sealed = links.seal({ address, createdDateTime, caller: linked, expiresAtMs });
        return { url: `${wiring.origin()}/content/${sealed}`, expiresAtMs };
      };
    },
    openLink,
  };
}
