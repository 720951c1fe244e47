/** The program of `npm run emulator`: an emulator with its control plane, set up by environment variables. */
import { once } from 'node:events';
import { createEmulator } from './emulator.ts';
import type { TenantSize } from './tenant/generation.ts';

// The emulator is a program of its own and shares nothing with the gateway, not even its configuration.
// oxlint-disable-next-line node/no-process-env
const environment = process.env;

const port = wholeNumber('EMULATOR_PORT', 65_535) ?? 4001;
const tenant = tenantSize();
const isLively = tenant === 'demo';
const emulator = await createEmulator({ port, control: true, tenant, isLively }).catch((error: unknown) =>
  fail(reasonOf(error)),
);

const { meetings, recordings, users } = emulator.tenant;
const id = users[0]?.id ?? 'nobody';
process.stdout.write(`Microsoft Graph, emulated, at ${emulator.url} (v1.0 and beta)
  ${users.length} users, ${meetings.length} meetings, ${recordings.length} recordings
  organizer  ${id}
  token      emulator (or any other word: an application with all permissions)
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
    fail(`${name} must be a whole number from 0 to ${most}, but is "${value}". Correct it or omit it.`);
  }
  return Number(value);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error)) {
    return `${error.message} Correct EMULATOR_USERS, EMULATOR_MEETINGS or EMULATOR_RECORDINGS. If one of them is set, the others default to 5, 20 and 40.`;
  }
  const other = 'set EMULATOR_PORT to another port; 0 selects a free one.';
  return error.code === 'EADDRINUSE'
    ? `The emulator cannot start: port ${port} is already in use. Stop the process that uses it, or ${other}`
    : `The emulator cannot start: listening on port ${port} fails (${error.message}). If the port is the cause, ${other}`;
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
