/** The delta endpoint: change tracking over recordings. */
import { GraphError } from '../graph-error.ts';
import { json } from '../http/exchange.ts';
import type { GraphAnswer, GraphCall } from '../http/exchange.ts';
import type { Settings } from '../settings.ts';
import { pick } from '../tenant/seeded.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { CallRecordings, Selection } from './call-recording.ts';
import { collection, decodeToken, encodeToken, topOf, versionRoot } from './page.ts';

/**
 * A client's position in its change tracking. A round has `replayed` old recordings first, then those added `since` the
 * previous round. `offset` is how many of the round the client already has.
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
  /** From now on answers every token issued so far with 410, as if it were too old. */
  readonly expireTokens: () => void;
}

/** Serves rounds of change tracking. No state is kept for a client: its links hold all that it needs to continue. */
export function createDelta(tenant: Tenant, settings: Settings, callRecordings: CallRecordings): Delta {
  let generation = 1;

  function standing(call: GraphCall, { organizer, url }: Selection): Standing {
    // The option does not tell the kind of a token: deltaLinks have been seen with either.
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
    // A deltaLink does not fix how much its round repeats: that is decided when the round begins.
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
