/**
 * A router that receives events of its subscriptions at its own address, by the HTTP callback protocol:
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/callback-protocol
 */
import { Agent, request } from 'undici';

/** The protocol version, stated in every message and every response. */
export const PROTOCOL = { 'subscription-protocol': 'callback/1.0' } as const;

/** How long a router may take to accept a message. */
const ANSWER_MS = 5_000;

/** The most messages in flight to one router; others wait. */
const CONNECTIONS = 50;

/** The most bytes read of a response: only its status matters. */
const MAX_ANSWER_BYTES = 16 * 1_024;

/** The address for one subscription's events, and the proof that they belong to it. */
export interface CallbackTarget {
  readonly url: string;
  readonly id: string;
  readonly verifier: string;
}

export type CallbackMessage =
  | { readonly action: 'check' }
  | { readonly action: 'next'; readonly payload: object }
  | { readonly action: 'complete'; readonly errors?: readonly object[] };

/** The outcome of a message, with the status if the router responded. `gone`: it wants no more. */
export interface Delivery {
  readonly outcome: 'taken' | 'gone' | 'failed';
  readonly status: number | null;
}

export interface RouterClient {
  /** Sends one message once. Never rejects. */
  send(target: CallbackTarget, message: CallbackMessage, signal: AbortSignal): Promise<Delivery>;
  /** Aborts all messages in flight. */
  close(): Promise<void>;
}

/**
 * The address to send to, if it is below an allowed one; otherwise null. A path that a server could rewrite to lead
 * elsewhere, with encoded characters for instance, is not allowed either.
 */
export function callbackAddress(given: string, allowed: readonly string[]): string | null {
  const url = URL.parse(given);
  if (url === null || /[^\w./~-]|\/\//.test(url.pathname)) return null;
  if ([url.username, url.password, url.search, url.hash].some((part) => part !== '')) return null;
  const address = `${url.origin}${url.pathname}`;
  return allowed.some((base) => address.startsWith(`${base}/`) && address.length > base.length + 1) ? address : null;
}

/** The outcome by a status. A router confirms a subscription with 204 and nothing else. */
function outcomeOf(action: CallbackMessage['action'], status: number): Delivery['outcome'] {
  if (status === 404) return 'gone';
  const isTaken = action === 'check' ? status === 204 : status >= 200 && status < 300;
  return isTaken ? 'taken' : 'failed';
}

/** Creates the client. It follows no redirect and never resends, because a lost message may have been taken. */
export function createRouterClient(): RouterClient {
  const agent = new Agent({ connections: CONNECTIONS });
  return {
    async send({ url, id, verifier }, message, signal) {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
      try {
        const { statusCode, body } = await request(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...PROTOCOL },
          body: JSON.stringify({ kind: 'subscription', id, verifier, ...message }),
          dispatcher: agent,
          signal: inTime,
        });
        await body.dump({ limit: MAX_ANSWER_BYTES, signal: inTime });
        return { outcome: outcomeOf(message.action, statusCode), status: statusCode };
      } catch {
        return { outcome: 'failed', status: null };
      }
    },
    close: () => agent.destroy(),
  };
}
