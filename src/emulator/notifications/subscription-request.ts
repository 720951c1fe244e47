/** Parses requests for subscriptions, and checks what they may subscribe to. */
import { badRequest } from '../graph-error.ts';
import { parseResource } from '../path.ts';
import { assertShape, flag, nullable, oneOf, text } from '../shape.ts';
import type { Kind, Shape } from '../shape.ts';
import type { Recording } from '../tenant/tenant.ts';

/** The body of a request for a subscription: https://learn.microsoft.com/en-us/graph/api/resources/subscription */
export interface SubscriptionRequest {
  readonly changeType: string;
  readonly notificationUrl: string;
  readonly resource: string;
  readonly expirationDateTime: string;
  readonly lifecycleNotificationUrl?: string | null;
  readonly clientState?: string | null;
  readonly includeResourceData?: boolean | null;
  readonly encryptionCertificate?: string | null;
  readonly encryptionCertificateId?: string | null;
  readonly latestSupportedTlsVersion?: string | null;
}

/** What a subscription covers: recordings of the whole tenant, of one organizer, or of one meeting. */
export interface Scope {
  readonly kind: 'tenant' | 'organizer' | 'meeting';
  /** The object id of the organizer or the id of the meeting. */
  readonly id: string;
}

const minuteMs = 60_000;

/** The longest lifetime of a subscription to recordings, three days. */
const longestMs = 4320 * minuteMs;
/** The longest lifetime of one without a URL for lifecycle notifications. */
const longestWithoutLifecycleMs = 60 * minuteMs;

const endpoint: Kind = {
  expected: 'an https URL (the emulator also takes http for a loopback address, which Graph does not)',
  accepts: (value) => typeof value === 'string' && isEndpoint(value),
};

const shortText: Kind = {
  expected: 'a string of at most 128 characters',
  accepts: (value) => typeof value === 'string' && value.length <= 128,
};

const requestShape: Shape<SubscriptionRequest> = {
  changeType: oneOf('created'),
  notificationUrl: endpoint,
  resource: text,
  expirationDateTime: text,
  lifecycleNotificationUrl: nullable(endpoint),
  clientState: nullable(shortText),
  includeResourceData: nullable(flag),
  encryptionCertificate: nullable(text),
  encryptionCertificateId: nullable(shortText),
  latestSupportedTlsVersion: nullable(text),
};

/** Parses the body of a POST. Throws a GraphError that says what is wrong with it. */
export function parseSubscriptionRequest(body: unknown): SubscriptionRequest {
  assertShape('a subscription', body, requestShape, [
    'changeType',
    'notificationUrl',
    'resource',
    'expirationDateTime',
  ]);
  return body;
}

/** Parses the new expiration in the body of a PATCH. Throws a GraphError that says what is wrong with it. */
export function parseRenewal(body: unknown): Pick<SubscriptionRequest, 'expirationDateTime'> {
  assertShape<Pick<SubscriptionRequest, 'expirationDateTime'>>(
    'the renewal of a subscription',
    body,
    { expirationDateTime: text },
    ['expirationDateTime'],
  );
  return body;
}

/**
 * When a subscription expires, in milliseconds. Throws a GraphError when that is past, too far ahead, or further ahead
 * than is allowed without a URL for lifecycle notifications.
 * https://learn.microsoft.com/en-us/graph/change-notifications-overview#subscription-lifetime
 */
export function parseExpiration(expirationDateTime: string, hasLifecycleUrl: boolean, nowMs: number): number {
  const expirationMs = Date.parse(expirationDateTime);
  if (Number.isNaN(expirationMs) || expirationMs <= nowMs) {
    throw badRequest(`Expected expirationDateTime to be a date and time in the future, not '${expirationDateTime}'.`);
  }
  if (expirationMs > nowMs + longestMs) {
    throw badRequest('Subscription expiration can only be 4320 minutes in the future.');
  }
  if (!hasLifecycleUrl && expirationMs > nowMs + longestWithoutLifecycleMs) {
    throw badRequest(
      'lifecycleNotificationUrl is required for subscription creation on this resource when the expirationDateTime value exceeds 1 hour',
    );
  }
  return expirationMs;
}

/**
 * Parses the `resource` of a subscription. Throws a GraphError when it is not one for recordings.
 * https://learn.microsoft.com/en-us/graph/teams-changenotifications-callrecording-and-calltranscript
 */
export function parseScope(resource: string): Scope {
  const { shape, keys } = parseResource(resource);
  const [id = ''] = keys;
  switch (shape) {
    case 'communications/onlinemeetings/getallrecordings':
      return { kind: 'tenant', id };
    case 'users/{}/onlinemeetings/getallrecordings':
      return { kind: 'organizer', id };
    case 'communications/onlinemeetings/{}/recordings':
      return { kind: 'meeting', id };
    default:
      throw badRequest(`The resource '${resource}' is not supported: only recordings can be subscribed to.`);
  }
}

/** Whether a subscription's scope covers a recording. */
export function covers({ kind, id }: Scope, recording: Recording): boolean {
  const coveredBy = {
    tenant: true,
    organizer: recording.organizerId.toLowerCase() === id.toLowerCase(),
    meeting: recording.meetingId === id,
  } as const;
  return coveredBy[kind];
}

function isEndpoint(value: string): boolean {
  if (!URL.canParse(value)) {
    return false;
  }
  const { protocol, hostname } = new URL(value);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}
