/** The endpoint for notifications, for tests without the gateway around it. */
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { registerNotifications } from '../../src/http/notifications.ts';
import type { NotificationsEndpoint } from '../../src/http/notifications.ts';
import { createDrivenClock } from './clock.ts';
import type { DrivenClock } from './clock.ts';
import { createCapturedLog } from './log.ts';
import type { CapturedLog } from './log.ts';

const ORGANIZERS = new Map([
  ['state of ada', 'ada'],
  ['state of ben', 'ben'],
]);
/** Encrypted content, for tests that do not decrypt it. */
export const CONTENT = {
  data: 'ZGF0YQ==',
  dataKey: 'a2V5',
  dataSignature: 'c2lnbmVk',
  encryptionCertificateId: 'current',
};

export interface TestDoorOptions {
  readonly isGenuine?: NotificationsEndpoint['isGenuine'];
  /** The organizer of each clientState. */
  readonly organizers?: ReadonlyMap<string, string>;
}

/** An endpoint for notifications alone, about the recordings of Ada and Ben. */
export interface TestDoor {
  readonly url: string;
  readonly clock: DrivenClock;
  readonly log: CapturedLog;
  /** The organizer and the reason of each wake-up, in order. */
  readonly wakeUps: readonly string[];
  /** Sends a body, as JSON unless it is a text. */
  readonly post: (body: unknown, contentType?: string) => Promise<Response>;
  /** The refusals in the log. */
  readonly refusals: () => unknown[];
}

/** Starts an endpoint on a port of its own; it ends with the test. */
export async function startDoor({
  isGenuine = null,
  organizers = ORGANIZERS,
}: TestDoorOptions = {}): Promise<TestDoor> {
  const log = createCapturedLog();
  const clock = createDrivenClock();
  const wakeUps: string[] = [];
  const app = createApp(log.log, clock);
  await registerNotifications(app, {
    organizerOf: (clientState) => organizers.get(clientState) ?? null,
    isGenuine,
    wakeUp: (organizerId, event) => wakeUps.push(`${organizerId}: ${event}`),
    log: log.log,
    clock,
  });
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/notifications`;
  onTestFinished(() => app.close());
  return {
    url,
    clock,
    log,
    wakeUps,
    post: (body, contentType = 'application/json; charset=utf-8') =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    refusals: () => log.lines().flatMap(({ level, refused }) => (level === 'warn' ? [refused] : [])),
  };
}

/** A notification of a recording of Ada's, with these members replaced. */
export function item(members: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { subscriptionId: 'one', tenantId: 'ours', clientState: 'state of ada', changeType: 'created', ...members };
}
