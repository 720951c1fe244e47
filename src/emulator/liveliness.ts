import { number } from './seeded.ts';
import type { Recording, Tenant } from './tenant.ts';

const firstMs = 8_000;
const shortestMs = 15_000;
const longestMs = 45_000;

/** So many appear at most, so that a tenant that nobody stops does not grow without end. */
const mostRecordings = 500;

/**
 * Lets a new recording appear now and then, as in a tenant where people work: the first soon, the others after a while
 * that chance decides, most of them of meetings of the first user. The function that it returns ends that.
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
