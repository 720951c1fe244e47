/** The organizer and the meetings of the requests. */
import type { Emulator } from '../../src/emulator/emulator.ts';

type Tenant = Emulator['tenant'];

/** The first user, the organizer. */
export function organizerOf({ users }: Tenant): string {
  return users[0]?.id ?? '';
}

/** The meeting at an index. */
export function meetingOf({ meetings }: Tenant, place: number): string {
  return meetings[place]?.id ?? '';
}
