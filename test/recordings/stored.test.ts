import { describe, expect, it } from 'vitest';
import { startFeeds } from '../support/feed.ts';

const SECRET = 'c2VjcmV0';

describe('A stored recording', () => {
  it.each<[string, string, unknown]>([
    ['the recording', 'accessCode', SECRET],
    ['its organizer', 'meetingOrganizer', { user: { id: 'somebody', accessCode: SECRET }, accessCode: SECRET }],
  ])('has known members, and nothing else that Graph gives for %s', async (_, member, value) => {
    const feeds = await startFeeds();
    feeds.emulator.fail({ kind: 'wrongType', member, value, match: { path: '/delta' } });
    const { ids } = await feeds.replica().hear().next();
    const key = `a tenant/${feeds.organizer}`;
    const log = await feeds.store.readLog(key);
    const records = (await feeds.store.recordsAfter(key, log?.epoch ?? '', 0, 10)) ?? [];
    const stored = records.map(({ text }) => text).join('');
    for (const id of ids) expect(stored).toContain(id);
    expect(stored).toContain('"recordingContentUrl":');
    expect(stored).not.toContain(SECRET);
  });

  it('is read as an earlier version has left it', async () => {
    const feeds = await startFeeds();
    const key = `a tenant/${feeds.organizer}`;
    const append: typeof feeds.store.append = (name, step) =>
      feeds.store.append(name, { ...step, state: step.state.replace(/,"leadsToNow":\w+/, '') });
    const earlier = feeds.replica({ store: { ...feeds.store, append } });
    const operation = feeds.operation();
    const { position } = await earlier.ask({
      organizerId: feeds.organizer,
      since: 'now',
      mayResync: false,
      operation,
    });
    expect((await feeds.store.readLog(key))?.state).not.toContain('leadsToNow');
    const added = feeds.record();
    expect(await feeds.replica().hear(position).until(added)).toEqual([added]);
  });
});
