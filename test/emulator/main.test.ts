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
    stderr: `The emulator cannot start: port ${port} is taken. Stop what listens there, or set EMULATOR_PORT to another; 0 takes a free one.\n`,
  });
});

it.each([
  [
    { EMULATOR_USERS: '0' },
    'Expected at least one user where there are meetings, and one meeting where there are recordings. Correct EMULATOR_USERS, EMULATOR_MEETINGS or EMULATOR_RECORDINGS; where one of them is set, the others are 5, 20 and 40.',
  ],
  [
    { EMULATOR_USERS: 'many' },
    'Expected EMULATOR_USERS to be a whole number from 0 to 10000, not "many". Correct it or leave it out.',
  ],
])('An invalid size of the tenant is reported as such, not as a problem with the port: %j', (environment, sentence) => {
  expect(start(environment)).toEqual({ status: 1, stderr: `${sentence}\n` });
});
