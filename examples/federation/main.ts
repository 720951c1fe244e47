/** Three subgraphs and a router in front of them, until SIGTERM or SIGINT. Its one argument is the router's port. */
import { startCalendar } from './calendar.ts';
import { demoEvents, demoPeople } from './demo.ts';
import { startRecordings } from './recordings.ts';
import { startRouter } from './router.ts';
import { startUsers } from './users.ts';

const recordings = await startRecordings();
const users = await startUsers(demoPeople);
const calendar = await startCalendar(demoEvents);
const router = await startRouter({ recordings, users, calendar }, Number(process.argv[2] ?? 4000));

async function end(): Promise<void> {
  for (const { close } of [router, calendar, users, recordings]) await close();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());

for (const [name, { url }] of Object.entries({ recordings, users, calendar, router })) {
  process.stdout.write(`${name.padEnd(10)} ${url}\n`);
}
