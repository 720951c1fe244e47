/** Adds new recordings to a tenant from time to time. */
import { number } from './seeded.ts';
import type { Recording, Tenant } from './tenant.ts';

const firstMs = 8_000;
const shortestMs = 15_000;
const longestMs = 45_000;

/** The most recordings to add, so that a tenant that is never stopped does not grow without end. */
const mostRecordings = 500;

/**
 * Adds a new recording from time to time, as in a tenant where people work: the first soon, the others at random
 * intervals, most of them in meetings of the first user. The returned function stops that.
 */
export function enliven(
  tenant: Tenant,
  addRecording: (given: { readonly meetingId: string }) => Recording,
): () => void {
  let count = 0;
  let timer = setTimeout(add, firstMs).unref();

  function add(): void {
    const [first] = tenant.users;
    const ofFirst = tenant.meetings.filter(({ organizerId }) => organizerId === first?.id);
    const meetings = number(3, tenant.seed, 'whose', count) > 0 ? ofFirst : tenant.meetings;
    const meeting = meetings[number(Math.max(1, meetings.length), tenant.seed, 'appears', count)];
    if (meeting !== undefined) {
      addRecording({ meetingId: meeting.id });
    }
    count += 1;
    if (count < mostRecordings) {
      timer = setTimeout(add, shortestMs + number(longestMs - shortestMs, tenant.seed, 'pause', count)).unref();
    }
  }

  return () => clearTimeout(timer);
}
