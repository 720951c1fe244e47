import type { CallRecordings, Selection } from './call-recording.ts';
import { json } from './exchange.ts';
import type { GraphAnswer, GraphCall } from './exchange.ts';
import { GraphError } from './graph-error.ts';
import { collection, decodeToken, encodeToken, topOf, versionRoot } from './page.ts';
import { pick } from './seeded.ts';
import type { Settings } from './settings.ts';
import type { Tenant } from './tenant.ts';

/**
 * Where a client stands in its change tracking. A round goes over what was added `since` the round before, after
 * `replayed` old recordings; `offset` counts what the client has of the round.
 */
interface Standing {
  readonly since: number;
  readonly replayed: number;
  readonly offset: number;
  readonly top: number | null;
}

/** Change tracking over the recordings of one organizer: https://learn.microsoft.com/en-us/graph/api/callrecording-delta */
export interface Delta {
  readonly get: (call: GraphCall) => GraphAnswer;
  /** From now on answers every token that was given out with 410, as if it had grown too old. */
  readonly expireTokens: () => void;
}

/** Serves rounds of change tracking. Nothing is kept for a client: all it needs to go on is in the links it gets. */
export function createDelta(tenant: Tenant, settings: Settings, callRecordings: CallRecordings): Delta {
  let generation = 1;

  function standing(call: GraphCall, { organizer, url }: Selection): Standing {
    // Which of the two options carries a token says nothing about its kind: deltaLinks have been seen with either.
    const token = call.path.query.get('deltatoken') ?? call.path.query.get('skiptoken') ?? '';
    if (token === '') {
      return { since: 0, replayed: 0, offset: 0, top: topOf(call) };
    }
    const [issued, owner, since, replayed, offset, top] = decodeToken(token) ?? [];
    if (
      issued !== generation ||
      owner !== organizer.id ||
      typeof since !== 'number' ||
      typeof offset !== 'number' ||
      (typeof top !== 'number' && top !== null)
    ) {
      // https://learn.microsoft.com/en-us/graph/delta-query-overview#synchronization-reset
      throw new GraphError(
        410,
        'syncStateNotFound',
        'The sync state was not found. Start over with a full synchronization.',
        {
          headers: { Location: `${url}/delta?$deltatoken=` },
        },
      );
    }
    // A deltaLink leaves open how much its round repeats: that is settled when the round begins.
    return {
      since,
      replayed: typeof replayed === 'number' ? replayed : Math.min(settings.replayedRecordings, since),
      offset,
      top: top ?? null,
    };
  }

  return {
    get(call) {
      const selection = callRecordings.select(call);
      const { organizer, url, includes } = selection;
      const { since, replayed, offset, top } = standing(call, selection);
      const all = tenant.recordingsOfOrganizer(organizer.id);
      const round = [...all.slice(0, replayed), ...all.slice(since)].filter(includes);
      const end = offset + (top ?? settings.pageSize);
      const token = (state: readonly (string | number | null)[]): string =>
        encodeToken([generation, organizer.id, ...state]);
      const isLast = end >= round.length || (top !== null && settings.dropNextLinkWithTop);
      const link = isLast
        ? { deltaLink: `${url}/delta?${spell(['$deltatoken', 'skipToken'], token([all.length, null, 0, top]))}` }
        : { nextLink: `${url}/delta?${spell(['$skiptoken', 'skipToken'], token([since, replayed, end, top]))}` };
      const values = round
        .slice(offset, end)
        .map((recording) => callRecordings.printInAll(versionRoot(call), recording));
      return json(collection(call, { context: 'Collection(callRecording)', values, ...link }));
    },

    expireTokens() {
      generation += 1;
    },
  };
}

function spell(names: readonly [string, string], token: string): string {
  return `${pick(names, token)}=${token}`;
}
