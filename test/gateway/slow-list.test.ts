import { expect, it } from 'vitest';
import { createDrivenClock } from '../support/clock.ts';
import { listAt, startGateway } from '../support/gateway.ts';

it('A list that Graph takes a minute for arrives when an operation may take longer', async () => {
  const clock = createDrivenClock();
  const gateway = await startGateway({ clock, config: { operationTimeoutMs: 80_000 } });
  const [user] = gateway.emulator.tenant.users;
  const hold = gateway.emulator.hold({ path: 'getAllRecordings' });
  const asking = gateway.query('query ($id: ID!) { callRecordings(meetingOrganizerId: $id) { nodes { id } } }', {
    id: user?.id,
  });
  await hold.arrived(1);
  clock.advance(60_000);
  hold.release();
  expect(listAt(await asking, 'data.callRecordings.nodes')).toHaveLength(3);
  expect(gateway.requests()).toHaveLength(1);
});
