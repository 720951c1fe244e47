/**
 * A router that takes what it has subscribed to at an address of its own, by the HTTP callback protocol:
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/callback-protocol
 */
import { Agent, request } from 'undici';

/** The version of the protocol, which every message and every answer names. */
export const PROTOCOL = { 'subscription-protocol': 'callback/1.0' } as const;

/** A router that has not taken a message by then is not waited for. */
const ANSWER_MS = 5_000;

/** So many messages travel to one router at once; what is beyond waits. */
const CONNECTIONS = 50;

/** What is read of an answer, of which only the status counts. */
const MAX_ANSWER_BYTES = 16 * 1_024;

/** Where the answers to one subscription go, and what proves there that they are its. */
export interface CallbackTarget {
  readonly url: string;
  readonly id: string;
  readonly verifier: string;
}

export type CallbackMessage =
  | { readonly action: 'check' }
  | { readonly action: 'next'; readonly payload: object }
  | { readonly action: 'complete'; readonly errors?: readonly object[] };

/** What has become of a message: the router wants no more where it is gone; with its status, if it answered. */
export interface Delivery {
  readonly outcome: 'taken' | 'gone' | 'failed';
  readonly status: number | null;
}

export interface RouterClient {
  /** Sends one message once. Never rejects. */
  send(target: CallbackTarget, message: CallbackMessage, signal: AbortSignal): Promise<Delivery>;
  /** Breaks off whatever is under way. */
  close(): Promise<void>;
}

/**
 * The address to send to, where it is below one of those that are allowed; null where it is not. What could lead elsewhere
 * once a server has made another path of it, encoded characters for instance, is not allowed either.
 */
export function callbackAddress(given: string, allowed: readonly string[]): string | null {
  const url = URL.parse(given);
  if (url === null || /[^\w./~-]|\/\//.test(url.pathname)) return null;
  if ([url.username, url.password, url.search, url.hash].some((part) => part !== '')) return null;
  const address = `${url.origin}${url.pathname}`;
  return allowed.some((base) => address.startsWith(`${base}/`) && address.length > base.length + 1) ? address : null;
}

/** What a status says of a message. A router confirms a subscription with 204 and nothing else. */
function outcomeOf(action: CallbackMessage['action'], status: number): Delivery['outcome'] {
  if (status === 404) return 'gone';
  const isTaken = action === 'check' ? status === 204 : status >= 200 && status < 300;
  return isTaken ? 'taken' : 'failed';
}

/** Creates what sends to routers. It follows no redirect and sends nothing twice: what came of a message is not known for sure. */
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
