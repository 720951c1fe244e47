/** Change notifications: validates endpoints and delivers to them. */
import { GraphError } from '../graph-error.ts';

/** The time that an endpoint has to answer a validation request. */
const validationTimeoutMs = 10_000;
/** The time that an endpoint has to accept a notification. */
const deliveryTimeoutMs = 3_000;

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed';

/** The properties of a subscription that its notifications carry. */
export interface Subscriber {
  readonly id: string;
  readonly clientState: string | null;
  readonly expirationMs: number;
}

/**
 * Validates an endpoint for notifications. Resolves when it answers with the token that it was sent; rejects with a
 * GraphError otherwise. https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
 */
export async function validateEndpoint(url: string, requestId: string): Promise<void> {
  // Characters with a meaning in URLs show whether the client decodes the token.
  const token = `Validation: is the endpoint reachable? 1 + 1 = 2 & Request-Id: ${requestId}`;
  const separator = url.includes('?') ? '&' : '?';
  const answered = await post(`${url}${separator}validationToken=${encodeURIComponent(token)}`, {
    contentType: 'text/plain; charset=utf-8',
    body: '',
    signal: AbortSignal.timeout(validationTimeoutMs),
  });
  const isPlain = answered.contentType.startsWith('text/plain');
  if (answered.status !== 200 || !isPlain || answered.text !== token) {
    const reason =
      answered.status === 200
        ? `the response is '${answered.text}' with content type '${answered.contentType}'`
        : answered.reason;
    throw new GraphError(
      400,
      'InvalidRequest',
      `Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request. (${reason})`,
    );
  }
}

/** A notification about the subscription itself: https://learn.microsoft.com/en-us/graph/change-notifications-lifecycle-events */
export function lifecycleChanged(subscriber: Subscriber, lifecycleEvent: LifecycleEvent, tenantId: string): unknown {
  return { value: [{ ...envelope(subscriber, tenantId), lifecycleEvent }] };
}

/** Sends a notification. Resolves with the status of the response, or with null and the reason when there is none. */
export async function deliver(
  url: string,
  notification: unknown,
  signal: AbortSignal,
): Promise<{ readonly status: number | null; readonly reason: string }> {
  const { status, reason } = await post(url, {
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(notification),
    signal: AbortSignal.any([signal, AbortSignal.timeout(deliveryTimeoutMs)]),
  });
  return { status, reason };
}

/** The properties that all notifications of a subscription have. */
export function envelope(
  { id, clientState, expirationMs }: Subscriber,
  tenantId: string,
): Readonly<Record<string, unknown>> {
  return {
    subscriptionId: id,
    // With an offset here, while all other instants of Graph end in Z.
    subscriptionExpirationDateTime: new Date(expirationMs).toISOString().replace('Z', '0000+00:00'),
    clientState,
    tenantId,
  };
}

async function post(
  url: string,
  { contentType, ...init }: { readonly contentType: string; readonly body: string; readonly signal: AbortSignal },
): Promise<{
  readonly status: number | null;
  readonly contentType: string;
  readonly text: string;
  readonly reason: string;
}> {
  try {
    const headers = { 'Content-Type': contentType };
    const response = await fetch(url, { method: 'POST', headers, redirect: 'manual', ...init });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, contentType: type, text, reason: `HTTP ${response.status}` };
  } catch (error) {
    // An unreachable endpoint is a normal outcome here; the caller decides what it means.
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return { status: null, contentType: '', text: '', reason: String(cause) };
  }
}
