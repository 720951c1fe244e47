import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { startEmulator } from './graph-client.ts';

/** The error output and the exit code of an emulator that cannot start. */
function start(environment: Readonly<Record<string, string>>): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, ['src/emulator/main.ts'], {
    env: { EMULATOR_PORT: '0', ...environment },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stderr };
}

it('A port in use is reported', async () => {
  const { port } = new URL((await startEmulator()).url);
  expect(start({ EMULATOR_PORT: port })).toEqual({
    status: 1,
    stderr: `The emulator cannot start: port ${port} is already in use. Stop the process that uses it, or set EMULATOR_PORT to another port; 0 selects a free one.\n`,
  });
});

it.each([
  [
    { EMULATOR_USERS: '0' },
    'Meetings require at least one user, and recordings require at least one meeting. Correct EMULATOR_USERS, EMULATOR_MEETINGS or EMULATOR_RECORDINGS. If one of them is set, the others default to 5, 20 and 40.',
  ],
  [
    { EMULATOR_USERS: 'many' },
    'EMULATOR_USERS must be a whole number from 0 to 10000, but is "many". Correct it or omit it.',
  ],
])('An invalid size of the tenant is reported as such, not as a problem with the port: %j', (environment, sentence) => {
  expect(start(environment)).toEqual({ status: 1, stderr: `${sentence}\n` });
});
