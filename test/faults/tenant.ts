/** Who and what the questions are about. */
import type { Emulator } from '../../src/emulator/emulator.ts';

type Tenant = Emulator['tenant'];

/** The first user, who organizes. */
export function organizerOf({ users }: Tenant): string {
  return users[0]?.id ?? '';
}

/** The meeting at a place. */
export function meetingOf({ meetings }: Tenant, place: number): string {
  return meetings[place]?.id ?? '';
}
