import { expect, it } from 'vitest';
import { delegatedToken, send, startEmulator } from './graph-client.ts';

it.each(['id', 'userPrincipalName'] as const)('returns a user by %s, in any letter case', async (property) => {
  const emulator = await startEmulator();
  const [user] = emulator.tenant.users;
  for (const key of [user?.[property], user?.[property].toUpperCase()]) {
    expect((await send(emulator, `/v1.0/users/${key}`)).body).toMatchObject({
      id: user?.id,
      displayName: 'Nkechi Adebayo-Lund',
    });
  }
});

it('returns the signed-in user', async () => {
  const emulator = await startEmulator();
  const { id = '', jobTitle } = emulator.tenant.users[3] ?? {};
  const { body } = await send(emulator, '/v1.0/me', { authorization: delegatedToken(id, 'User.Read') });
  expect(body).toMatchObject({ id, jobTitle });
});

it('returns the selected properties and the id', async () => {
  const emulator = await startEmulator();
  const { id, displayName } = emulator.tenant.users[0] ?? {};
  expect((await send(emulator, `/v1.0/users/${id}?$select=displayName`)).body).toEqual({
    '@odata.context': `${emulator.url}/v1.0/$metadata#users(displayName)/$entity`,
    id,
    displayName,
  });
});

it('answers 404 for a user that does not exist', async () => {
  const emulator = await startEmulator();
  const reply = await send(emulator, '/v1.0/users/nobody');
  expect(reply).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } });
});

it('answers 403 for a user whose lookup is forbidden', async () => {
  const emulator = await startEmulator();
  const [one, other] = emulator.tenant.users;
  emulator.settings.forbiddenUsers = [one?.id ?? ''];
  const reply = await send(emulator, `/v1.0/users/${one?.id}`);
  expect(reply).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } });
  expect((await send(emulator, `/v1.0/users/${other?.id}`)).status).toBe(200);
});
