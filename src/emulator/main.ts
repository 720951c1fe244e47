import { once } from 'node:events';
import { createEmulator } from './emulator.ts';
import type { TenantSize } from './generation.ts';

// The emulator is a program of its own and shares nothing with the gateway, its configuration neither.
// oxlint-disable-next-line node/no-process-env
const environment = process.env;

const port = wholeNumber('EMULATOR_PORT', 65_535) ?? 4001;
const tenant = tenantSize();
const isLively = tenant === 'demo';
const emulator = await createEmulator({ port, control: true, tenant, isLively }).catch((error: unknown) =>
  fail(`The emulator cannot start on port ${port}: ${String(error)}. If it is taken, set EMULATOR_PORT to another.`),
);

const { meetings, recordings, users } = emulator.tenant;
const id = users[0]?.id ?? 'nobody';
process.stdout.write(`Microsoft Graph, emulated, at ${emulator.url} (v1.0 and beta)
  ${users.length} users, ${meetings.length} meetings, ${recordings.length} recordings
  organizer  ${id}
  token      emulator (or any other word: an application that may do everything)
  control    ${emulator.url}/emulator/tenant
  try        curl -H 'Authorization: Bearer emulator' "${emulator.url}/v1.0/users/${id}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${id}')"
`);

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
await emulator.close();

function tenantSize(): TenantSize | 'demo' {
  const seed = environment['EMULATOR_SEED'];
  const counts = {
    users: wholeNumber('EMULATOR_USERS', 10_000),
    meetings: wholeNumber('EMULATOR_MEETINGS', 100_000),
    recordings: wholeNumber('EMULATOR_RECORDINGS', 1_000_000),
  };
  const given = Object.entries({ seed, ...counts }).filter(([, value]) => value !== undefined);
  return given.length === 0 ? 'demo' : Object.fromEntries(given);
}

function wholeNumber(name: string, most: number): number | undefined {
  const value = environment[name];
  if (value === undefined || value === '') {
    return undefined;
  }
  if (!/^\d+$/.test(value) || Number(value) > most) {
    fail(`Expected ${name} to be a whole number from 0 to ${most}, not "${value}". Correct it or leave it out.`);
  }
  return Number(value);
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
