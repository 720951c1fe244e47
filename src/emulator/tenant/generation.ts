/** Fills a tenant: with the demo, or with a given number of resources. */
import { dateTime } from '../date-time.ts';
import { company, demoPeople, demoWeek } from './names.ts';
import { number } from './seeded.ts';
import type { GrowingTenant, Meeting } from './tenant.ts';

/** How much a tenant holds. The defaults are 5 users, 20 meetings, 40 recordings, and the seed `morrowtide`. */
export interface TenantSize {
  readonly seed?: string;
  readonly users?: number;
  readonly meetings?: number;
  readonly recordings?: number;
}

/** The object id of the user who organizes most meetings of the demo tenant. */
export const demoOrganizerId = '6b1f3c52-8a0e-4d5f-9c37-2f4a1e7d9b60';

const weekStartMs = Date.UTC(2026, 10, 16);
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Fills an empty tenant with the week of the demo: a handful of people, and their meetings in November 2026. */
export function fillDemo(tenant: GrowingTenant): void {
  const users = demoPeople.map(({ alias, ...names }, position) =>
    tenant.addUser({
      ...names,
      ...(position === 0 ? { id: demoOrganizerId } : {}),
      userPrincipalName: `${alias}@${company.domain}`,
    }),
  );
  const meetings = demoWeek.map(({ subject, people, day, startTime, lengthMinutes, recordings }) => {
    const [organizerId = demoOrganizerId, ...attendeeIds] = people.flatMap((place) => users[place]?.id ?? []);
    const [hours = 0, minutes = 0] = startTime.split(':').map(Number);
    const startMs = weekStartMs + day * dayMs + (hours * 60 + minutes) * minuteMs;
    return { meeting: addMeeting(tenant, { subject, organizerId, attendeeIds, startMs, lengthMinutes }), recordings };
  });
  // Graph promises no order: https://learn.microsoft.com/en-us/graph/api/onlinemeeting-getallrecordings
  for (const { meeting, recordings } of shuffled(meetings, tenant.seed)) {
    record(tenant, meeting, recordings);
  }
}

/**
 * Fills an empty tenant with exactly the given numbers of users, meetings and recordings. Meetings are assigned to the
 * users in turn; recordings are spread evenly, so that every meeting has one when there are enough. Throws when a
 * number is invalid or the numbers contradict each other.
 */
export function fill(tenant: GrowingTenant, size: TenantSize): void {
  const { users = 5, meetings = 20, recordings = 40 } = size;
  for (const [name, count] of Object.entries({ users, meetings, recordings })) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new Error(`The number of ${name} must be a whole number of at least 0, but is ${count}.`);
    }
  }
  if ((meetings > 0 && users === 0) || (recordings > 0 && meetings === 0)) {
    throw new Error('Meetings require at least one user, and recordings require at least one meeting.');
  }
  const people = Array.from({ length: users }, () => tenant.addUser());
  for (let position = 0; position < meetings; position += 1) {
    const attendeeIds = [1, 2].flatMap((step) => people[(position + step) % users]?.id ?? []);
    const organizerId = people[position % users]?.id ?? '';
    const meeting = addMeeting(tenant, {
      organizerId,
      attendeeIds: attendeeIds.filter((attendeeId, place) => attendeeId !== organizerId && place < users - 1),
      // Random times over twelve weeks, so that the list is not in chronological order.
      startMs: weekStartMs - number(84 * 96, tenant.seed, 'start', position) * 15 * minuteMs,
      lengthMinutes: 15 * (1 + number(6, tenant.seed, 'length', position)),
    });
    record(tenant, meeting, share(recordings, meetings, position));
  }
}

function addMeeting(
  tenant: GrowingTenant,
  given: {
    readonly subject?: string;
    readonly organizerId: string;
    readonly attendeeIds: readonly string[];
    readonly startMs: number;
    readonly lengthMinutes: number;
  },
): Meeting {
  const { startMs, lengthMinutes, ...meeting } = given;
  return tenant.addMeeting({
    ...meeting,
    startDateTime: dateTime(startMs),
    endDateTime: dateTime(startMs + lengthMinutes * minuteMs),
  });
}

// The recordings follow each other through the meeting, each a little shorter than its share.
function record(tenant: GrowingTenant, meeting: Meeting, count: number): void {
  const startMs = Date.parse(meeting.startDateTime);
  const shareMs = (Date.parse(meeting.endDateTime) - startMs) / Math.max(1, count);
  for (let place = 0; place < count; place += 1) {
    const position = tenant.recordings.length;
    const createdMs = Math.floor(startMs + place * shareMs + number(shareMs / 10, tenant.seed, 'delay', position));
    tenant.addRecording({
      meetingId: meeting.id,
      createdDateTime: dateTime(createdMs, number(10_000, tenant.seed, 'ticks', position)),
      endDateTime: dateTime(
        Math.floor(startMs + (place + 0.95) * shareMs),
        number(10_000, tenant.seed, 'end', position),
      ),
    });
  }
}

function share(total: number, parts: number, position: number): number {
  return Math.floor(((position + 1) * total) / parts) - Math.floor((position * total) / parts);
}

function shuffled<Item>(items: readonly Item[], seed: string): Item[] {
  return items
    .map((item, position) => ({ item, rank: number(2 ** 32, seed, 'order', position) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
