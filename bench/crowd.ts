/** Program of a crowd: opens subscriptions on request, reports when all received a recording, ends with its parent. */
import { listenBy } from './listening.ts';
import { arrival, nowUs } from './message.ts';
import type { Arrival, Report } from './message.ts';

/** More simultaneous connections than the server's backlog would wait for a second and be retried. */
const CONNECTIONS_AT_ONCE = 50;

const FILES = ' Each connection needs an open file. "ulimit -n" shows how many a process can open.';

interface Hearing {
  readonly firstUs: number;
  count: number;
}

function say(said: Report): void {
  process.send?.(said);
}

/** Counts the subscribers that received each recording, and reports when all have. */
function createEars({ subscribers, organizers }: Arrival): (index: number, recordings: readonly string[]) => void {
  const hearings = new Map<string, Hearing>();
  const listeners = organizers.map((_, place) => Math.ceil((subscribers - place) / organizers.length));
  return (index, recordings) => {
    for (const recording of recordings) {
      const hearing = hearings.get(recording) ?? { firstUs: nowUs(), count: 0 };
      hearings.set(recording, hearing);
      hearing.count += 1;
      if (hearing.count === listeners[index % organizers.length]) {
        say({ kind: 'heard', recording, firstUs: hearing.firstUs, lastUs: nowUs() });
      }
    }
  };
}

async function arrive(given: Arrival): Promise<void> {
  const { url, door, perConnection, subscribers, organizers, selection } = given;
  const query = `subscription ($organizer: ID!) {
    callRecordingDelta(meetingOrganizerId: $organizer, since: "now") { added { id ${selection} } token behind resync }
  }`;
  const hear = createEars(given);
  let connected = 0;

  /** Resolves when all subscribers of the connection have received their first event. */
  function connect(from: number): Promise<void> {
    const to = Math.min(from + perConnection, subscribers);
    const operations = Array.from({ length: to - from }, (_, place) => ({
      query,
      variables: { organizer: organizers[(from + place) % organizers.length] },
    }));
    const greeted = new Set<number>();
    return new Promise((resolve) => {
      listenBy[door]({
        url,
        operations,
        onEvent(place, recordings) {
          hear(from + place, recordings);
          if (greeted.has(place)) return;
          greeted.add(place);
          if (greeted.size === operations.length) resolve();
        },
        onEnd: (reason) =>
          say({
            kind: 'failed',
            reason: `With ${connected} of ${subscribers} subscribers connected, the connection of a subscriber ended: ${reason}.${connected < subscribers ? FILES : ''}`,
          }),
      });
    });
  }

  const starts = Array.from({ length: Math.ceil(subscribers / perConnection) }, (_, index) => index * perConnection);
  async function connectInTurn(): Promise<void> {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      await connect(from);
      connected += Math.min(perConnection, subscribers - from);
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, connectInTurn));
  say({ kind: 'arrived' });
}

process.once('message', (given) => void arrive(arrival.parse(given)));
process.once('disconnect', () => process.exit());
process.once('uncaughtException', (error) => say({ kind: 'failed', reason: String(error) }));
say({ kind: 'ready' });
