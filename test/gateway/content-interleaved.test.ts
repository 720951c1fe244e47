import { describe, expect, it } from 'vitest';
import { startChain } from '../support/chain.ts';
import type { Chain } from '../support/chain.ts';
import { addShortRecording } from '../support/content.ts';
import { at, createTestStore } from '../support/gateway.ts';
import { createDraw } from '../support/random-operation.ts';

/** Another seed makes another order. */
const SEED = 20_261_125;
const WAVES = 30;
const OPENINGS_IN_A_WAVE = 12;
const TOKENS_EACH = 3;

const CALLERS = [
  { letter: 'a', id: '1b0f6a44-93c1-4f0e-8c0d-7a5f3e2d1c01' },
  { letter: 'b', id: '2c1e7b55-a4d2-4a1f-9d1e-8b6a4f3e2d02' },
] as const;

type Caller = (typeof CALLERS)[number];

interface Link {
  /** Its requester, and the organizer of its recording. */
  readonly caller: Caller;
  readonly organizer: Caller;
  readonly path: string;
}

async function linkOf({ askWith }: Chain, token: string, caller: Caller, organizer: Caller): Promise<Link> {
  const { id, letter } = organizer;
  const recording = `callRecording(meetingOrganizerId: "${id}", meetingId: "meeting-${letter}", id: "recording-${letter}")`;
  const response = await askWith(`{ ${recording} { content { url } } }`, token, `${caller.letter}.link`);
  const url = at(response, 'data.callRecording.content.url');
  return { caller, organizer, path: new URL(String(url)).pathname };
}

describe('Links of two callers that are opened concurrently', () => {
  it('each reach Graph with the token of the caller who requested it, at either replica', async () => {
    const env = {
      GRAPH_ON_BEHALF_OF: 'true',
      SEALING_KEYS: Buffer.alloc(32, 7).toString('base64'),
      CONTENT_STREAMS_PER_CALLER: '200',
    };
    const store = createTestStore();
    const first = await startChain(env, { store });
    const { emulator, entra } = first;
    const replicas = [first, await startChain(env, { store, over: first })];
    for (const { id, letter } of CALLERS) emulator.addUser({ id, displayName: letter });
    for (const { id, letter } of CALLERS) {
      const attendeeIds = CALLERS.map((other) => other.id);
      emulator.addMeeting({ id: `meeting-${letter}`, organizerId: id, attendeeIds });
      addShortRecording(first, { id: `recording-${letter}`, meetingId: `meeting-${letter}` });
    }
    const tokens = await Promise.all(
      Array.from({ length: TOKENS_EACH }, (_, jti) =>
        CALLERS.map(async (caller) => ({ caller, token: await entra.issue({ objectId: caller.id, claims: { jti } }) })),
      ).flat(),
    );
    const draw = createDraw(SEED);
    const links = await Promise.all(
      tokens.flatMap(({ caller, token }) =>
        CALLERS.map((organizer) => linkOf(draw.of(replicas), token, caller, organizer)),
      ),
    );
    emulator.clearRequests();

    async function openOne(): Promise<void> {
      const { caller, organizer, path } = draw.of(links);
      const asked = `${caller.letter}${organizer.letter}`;
      const response = await fetch(draw.of(replicas).url + path, {
        headers: { range: 'bytes=0-9', 'x-request-id': `${asked}.${crypto.randomUUID()}` },
      });
      await response.arrayBuffer();
      expect({ seed: SEED, asked, status: response.status }).toEqual({
        seed: SEED,
        asked,
        status: caller === organizer ? 206 : 403,
      });
    }
    for (let wave = 0; wave < WAVES; wave += 1) {
      // oxlint-disable-next-line no-await-in-loop -- those of one wave are opened at once
      await Promise.all(Array.from({ length: OPENINGS_IN_A_WAVE }, openOne));
    }

    // Graph saw the same each time.
    const asked = emulator.requests.filter(({ url }) => url.endsWith('/content'));
    expect(asked).toHaveLength(WAVES * OPENINGS_IN_A_WAVE);
    for (const { headers, status, url } of asked) {
      const [by, of] = String(headers['client-request-id']);
      expect([url.includes(`meeting-${of}`), headers.authorization, status]).toEqual([
        true,
        'delegated',
        by === of ? 206 : 403,
      ]);
    }
  });
});
