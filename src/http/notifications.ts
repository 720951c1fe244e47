/**
 * The endpoint for Graph's change notifications:
 * https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
 */
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readChangeNotifications } from '../msgraph/notifications/change-notification.ts';
import type { ChangeNotification, NotificationEvent } from '../msgraph/notifications/change-notification.ts';
import type { EncryptedContent } from '../msgraph/notifications/encrypted-content.ts';
import { hasTooManyObjects } from './protection/json-objects.ts';
import { createSlots } from './protection/slots.ts';

export interface NotificationsEndpoint {
  /** The organizer of a clientState; null if it is none of ours. */
  readonly organizerOf: (clientState: string) => string | null;
  /**
   * Whether encrypted notifications are genuine: their tokens are Microsoft's and their contents can be read. Null if
   * resource data is not requested, so the clientState is proof enough.
   */
  readonly isGenuine: ((tokens: readonly string[], contents: readonly EncryptedContent[]) => Promise<boolean>) | null;
  /** Called once for each event of an organizer, however often one payload contains it. */
  readonly wakeUp: (organizerId: string, event: NotificationEvent) => void;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>;
  readonly clock: { steadyMs(): number };
}

/** Room for hundreds of recordings at once. */
const MAX_BODY_BYTES = 1_024 * 1_024;
/** The most that are processed at once, and large ones that arrive at once. Graph retries refused ones for hours. */
const MOST_AT_ONCE = 64;
/** Smaller bodies need no limit while they arrive, so slow senders hold up nobody. Graph's are usually a few KiB. */
const LARGE_BYTES = 64 * 1_024;
/** Microsoft's token has about a hundred. */
const MOST_TOKEN_CHARACTERS = 2_048;
/** Refusals are logged at most this often, so that a flood does not fill the log. */
const REFUSALS_PAUSE_MS = 60_000;

const ACCEPTED = 202;

const query = z.object({ validationToken: z.string().max(MOST_TOKEN_CHARACTERS).optional() });

/** The numbers of refused notifications: unreadable, of no subscription of ours, or not proven to come from Graph. */
interface Refusals {
  readonly unreadable: number;
  readonly unknown: number;
  readonly unproven: number;
}

const NO_REFUSALS: Refusals = { unreadable: 0, unknown: 0, unproven: 0 };

/** Counts refusals, and logs from time to time how many there were since the last entry. */
function createRefusalCount({ log, clock }: NotificationsEndpoint): (refused: Refusals) => void {
  let count = NO_REFUSALS;
  let quietUntilMs = -Infinity;
  return ({ unreadable, unknown, unproven }) => {
    if (unreadable + unknown + unproven === 0) return;
    count = {
      unreadable: count.unreadable + unreadable,
      unknown: count.unknown + unknown,
      unproven: count.unproven + unproven,
    };
    if (clock.steadyMs() < quietUntilMs) return;
    quietUntilMs = clock.steadyMs() + REFUSALS_PAUSE_MS;
    log.warn(
      { refused: count },
      'notifications were refused; the counts are since the previous log entry of this kind',
    );
    count = NO_REFUSALS;
  };
}

/** Parses a body; null, which is no payload either, if it is not JSON or has too many objects. */
function parseBody(body: unknown): unknown {
  const text = String(body);
  if (hasTooManyObjects(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Creates the function that processes payloads already answered: verifies them, and wakes up their organizers. */
function createProcessing(endpoint: NotificationsEndpoint): (body: unknown) => Promise<void> {
  const { isGenuine, organizerOf, wakeUp } = endpoint;
  const refuse = createRefusalCount(endpoint);

  /** The notifications that Graph has sent, of those whose clientState is one of ours. */
  async function proven<Item extends ChangeNotification>(
    known: readonly Item[],
    tokens: readonly string[],
  ): Promise<readonly Item[]> {
    if (isGenuine === null) return known;
    const contents = known.flatMap(({ encryptedContent }) => encryptedContent ?? []);
    const areProven = contents.length > 0 && (await isGenuine(tokens, contents));
    // Notifications about the subscription itself have no content, only the clientState.
    return known.filter(({ event, encryptedContent }) => (encryptedContent === null ? event !== 'created' : areProven));
  }

  return async (body) => {
    const payload = readChangeNotifications(parseBody(body));
    if (payload === null) {
      refuse({ ...NO_REFUSALS, unreadable: 1 });
      return;
    }
    const { notifications, validationTokens, malformed } = payload;
    const known = notifications.flatMap((notification) => {
      const organizerId = organizerOf(notification.clientState);
      return organizerId === null ? [] : [{ ...notification, organizerId }];
    });
    const accepted = await proven(known, validationTokens);
    refuse({
      unreadable: malformed,
      unknown: notifications.length - known.length,
      unproven: known.length - accepted.length,
    });
    const events = new Map(accepted.map(({ organizerId }) => [organizerId, new Set<NotificationEvent>()]));
    for (const { organizerId, event } of accepted) events.get(organizerId)?.add(event);
    for (const [organizerId, ofOrganizer] of events) for (const event of ofOrganizer) wakeUp(organizerId, event);
  };
}

/**
 * Opens `/notifications` for POST. Graph's validation request is answered with its token. Everything else is answered
 * alike and at once, before it is examined, so that a forger learns nothing.
 */
export async function registerNotifications(app: FastifyInstance, endpoint: NotificationsEndpoint): Promise<void> {
  const processPayload = createProcessing(endpoint);
  const words = { open: 'notifications in progress', are: 'notifications can be in progress' };
  const limits = { inAll: MOST_AT_ONCE, perCaller: MOST_AT_ONCE };
  const [arriving, processing] = [createSlots(limits, words), createSlots(limits, words)];
  // Its own scope, because only this endpoint accepts any body, and a larger one.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
      async (_: FastifyRequest, body: string) => body,
    );
    scope.setErrorHandler<FastifyError>((error, _request, reply) => {
      if (error.statusCode !== 413) throw error;
      return reply.code(413).send();
    });
    scope.addHook('onRequest', async ({ headers }, reply) => {
      // Also a body whose length is not declared.
      if (Number(headers['content-length'] ?? (headers['transfer-encoding'] ? Infinity : 0)) <= LARGE_BYTES)
        return undefined;
      const slot = arriving.take(null);
      if (typeof slot === 'string') return reply.code(503).send();
      reply.raw.once('close', slot.release);
      return undefined;
    });
    scope.addHook('preHandler', async (request, reply) => {
      const slot = processing.take(null);
      if (typeof slot === 'string') return reply.code(503).send();
      reply.raw.once('close', () => {
        const taken = reply.statusCode === ACCEPTED ? processPayload(request.body) : Promise.resolve();
        taken
          .catch((error: unknown) => endpoint.log.error({ error }, 'notifications could not be processed'))
          .finally(slot.release);
      });
      return undefined;
    });
    scope.post('/notifications', async (request, reply) => {
      const { data } = query.safeParse(request.query);
      if (data === undefined) {
        return reply
          .code(400)
          .send(
            `Expected at most one "validationToken", of at most ${MOST_TOKEN_CHARACTERS} characters. Correct the query string.`,
          );
      }
      if (data.validationToken !== undefined) {
        // It must not be taken for a page: it is whatever the sender likes.
        return reply.type('text/plain').send(data.validationToken);
      }
      return reply.code(ACCEPTED).send();
    });
  });
}
