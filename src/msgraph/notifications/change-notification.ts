/** What Graph sends to a notification URL: https://learn.microsoft.com/en-us/graph/api/resources/changenotificationcollection */
import { z } from 'zod';
import type { EncryptedContent } from './encrypted-content.ts';

/**
 * What has happened: a recording was made, or something to the subscription itself.
 * https://learn.microsoft.com/en-us/graph/change-notifications-lifecycle-events
 */
export type NotificationEvent = 'created' | 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed';

/** One notification, unauthenticated: nothing here proves that Graph sent it. */
export interface ChangeNotification {
  readonly event: NotificationEvent;
  /** Given to Graph, and only to Graph, with the subscription. */
  readonly clientState: string;
  /** The recording; null when it was not included. */
  readonly encryptedContent: EncryptedContent | null;
}

/** One payload, in which notifications of many subscriptions may be mixed. */
export interface ChangeNotifications {
  readonly notifications: readonly ChangeNotification[];
  /** They prove that encrypted content comes from Graph. */
  readonly validationTokens: readonly string[];
  /** How many further items could not be parsed. */
  readonly malformed: number;
}

/** No payload of a sensible size has more items than this: a notification takes about a kilobyte. */
const MOST_ITEMS = 1_000;

const payload = z.object({
  value: z.array(z.unknown()).max(MOST_ITEMS),
  validationTokens: z.array(z.string()).max(MOST_ITEMS).nullish(),
});

const encryptedContent = z
  .object({
    data: z.string(),
    dataKey: z.string(),
    dataSignature: z.string().nullable().default(null),
    encryptionCertificateId: z.string(),
  })
  .nullish();

/** One of these members in any letter case; null when absent, `unknown` for any other member. */
function oneOf(...members: NotificationEvent[]) {
  return z
    .string()
    .transform((value): NotificationEvent | 'unknown' => {
      const found = members.find((member) => member.toLowerCase() === value.toLowerCase());
      return found ?? 'unknown';
    })
    .nullable()
    .default(null);
}

const notification = z
  .object({
    clientState: z.string(),
    changeType: oneOf('created'),
    lifecycleEvent: oneOf('reauthorizationRequired', 'subscriptionRemoved', 'missed'),
    encryptedContent,
    // Spelled so in Microsoft's example of a recording:
    // https://learn.microsoft.com/en-us/graph/teams-changenotifications-callrecording-and-calltranscript
    EncryptedContent: encryptedContent,
  })
  .transform((item) => ({
    event: item.lifecycleEvent ?? item.changeType,
    clientState: item.clientState,
    encryptedContent: item.encryptedContent ?? item.EncryptedContent ?? null,
  }));

function readNotification(item: unknown): ChangeNotification | null {
  const { data } = notification.safeParse(item);
  if (data === undefined || data.event === null || data.event === 'unknown') return null;
  return { ...data, event: data.event };
}

/**
 * Reads a payload, already parsed from JSON. Items that cannot be parsed are counted and left out; unknown members are
 * ignored. Null when the body is no payload at all.
 */
export function readChangeNotifications(body: unknown): ChangeNotifications | null {
  const { data } = payload.safeParse(body);
  if (data === undefined) return null;
  const notifications = data.value.map(readNotification).filter((item) => item !== null);
  return {
    notifications,
    validationTokens: data.validationTokens ?? [],
    malformed: data.value.length - notifications.length,
  };
}
