import { describe, expect, it } from 'vitest';
import { startChain } from '../support/chain.ts';
import type { Chain } from '../support/chain.ts';

const ORGANIZERS = ['1b0f6a44-93c1-4f0e-8c0d-7a5f3e2d1c01', '2c1e7b55-a4d2-4a1f-9d1e-8b6a4f3e2d02'] as const;

/** The whole chain, with two organizers who have a meeting and a recording each. */
async function start(env: Readonly<Record<string, string>> = { GRAPH_ON_BEHALF_OF: 'true' }): Promise<Chain> {
  const chain = await startChain(env);
  for (const [index, id] of ORGANIZERS.entries()) {
    chain.emulator.addUser({ id });
    chain.emulator.addMeeting({
      id: `meeting-${index}`,
      organizerId: id,
      subject: `Subject ${index}`,
      attendeeIds: [],
    });
    chain.emulator.addRecording({ id: `recording-${index}`, meetingId: `meeting-${index}` });
  }
  return chain;
}

const meeting = (index: 0 | 1): string =>
  `{ onlineMeeting(organizerId: "${ORGANIZERS[index]}", id: "meeting-${index}") { subject } }`;
const added = (index: 0 | 1): string =>
  `{ callRecordingDelta(meetingOrganizerId: "${ORGANIZERS[index]}") { added { id } } }`;
const recordings = (index: 0 | 1): string =>
  `{ callRecordings(meetingOrganizerId: "${ORGANIZERS[index]}") { nodes { id } } }`;

describe('On behalf of the caller', () => {
  it('Graph is called as the user, and decides', async () => {
    const { ask, emulator } = await start();
    expect(await ask(meeting(0), { objectId: ORGANIZERS[0] })).toEqual({
      data: { onlineMeeting: { subject: 'Subject 0' } },
    });
    expect(await ask(meeting(1), { objectId: ORGANIZERS[0] })).toMatchObject({
      data: { onlineMeeting: null },
      errors: [{ message: expect.stringContaining('3003'), extensions: { code: 'FORBIDDEN', graphStatus: 403 } }],
    });
    expect(emulator.requests.map(({ headers }) => headers.authorization)).toEqual(['delegated', 'delegated']);
  });

  it('concurrent users each see only their own meeting, with delegated requests only', async () => {
    const { ask, emulator } = await start();
    const asked = Array.from({ length: 200 }, (_, index) => {
      const who = index % 2 === 0 ? 0 : 1;
      return ask(meeting(index % 3 === 0 ? 0 : 1), { objectId: ORGANIZERS[who] });
    });
    const subjects = (await Promise.all(asked)).map(({ data }) => data);
    expect(subjects).toEqual(
      subjects.map((_, index) => {
        const [who, what] = [index % 2 === 0 ? 0 : 1, index % 3 === 0 ? 0 : 1];
        return { onlineMeeting: who === what ? { subject: `Subject ${what}` } : null };
      }),
    );
    expect(new Set(emulator.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['delegated']));
  });

  it('an API that Graph offers only to applications is refused with an explanation', async () => {
    const { ask, emulator } = await start();
    for (const document of [recordings(0), added(0)]) {
      expect(await ask(document, { objectId: ORGANIZERS[0] })).toMatchObject({
        data: null,
        errors: [
          { message: expect.stringContaining('ON_BEHALF_OF_APPLICATION=true'), extensions: { code: 'FORBIDDEN' } },
        ],
      });
    }
    expect(emulator.requests).toEqual([]);
  });

  it('an API that Graph offers only to applications is called as one where allowed, within what the caller may see', async () => {
    const { ask, emulator } = await start({ GRAPH_ON_BEHALF_OF: 'true', ON_BEHALF_OF_APPLICATION: 'true' });
    expect(await ask(recordings(0), { objectId: ORGANIZERS[0] })).toEqual({
      data: { callRecordings: { nodes: [{ id: 'recording-0' }] } },
    });
    expect(await ask(recordings(1), { objectId: ORGANIZERS[0] })).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    expect(emulator.requests.map(({ headers }) => headers.authorization)).toEqual(['application']);
  });

  it('an application as the caller is refused', async () => {
    const { ask, emulator } = await start();
    expect(await ask(meeting(0), { kind: 'application' })).toMatchObject({
      errors: [{ message: expect.stringContaining('on behalf of users'), extensions: { code: 'FORBIDDEN' } }],
    });
    expect(emulator.requests).toEqual([]);
  });

  it('a claims challenge of Entra ID is passed on to the caller', async () => {
    const { ask, entra } = await start();
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    entra.settings.tokens = { error: 'interaction_required', code: 50_076, description: 'More is wanted.', claims };
    expect(await ask(meeting(0), { objectId: ORGANIZERS[0] })).toMatchObject({
      data: { onlineMeeting: null },
      errors: [{ extensions: { code: 'UNAUTHENTICATED', claims } }],
    });
  });
});

describe('A caller for whom Entra ID issues no token', () => {
  it('is refused with the advice to sign in again', async () => {
    const { ask, entra, emulator } = await start();
    entra.settings.tokens = { error: 'invalid_grant', code: 500_133, description: 'The assertion is over.' };
    expect(await ask(meeting(0), { objectId: ORGANIZERS[0] })).toMatchObject({
      data: { onlineMeeting: null },
      errors: [{ message: expect.stringContaining('Sign in again'), extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(emulator.requests).toEqual([]);
  });
});

describe('As the application', () => {
  it('Graph is called with the token of the application, and the log shows no credential', async () => {
    const { ask, emulator, entra, logged } = await start({});
    expect(await ask(recordings(0), { objectId: ORGANIZERS[0] })).toEqual({
      data: { callRecordings: { nodes: [{ id: 'recording-0' }] } },
    });
    expect(emulator.requests.map(({ headers }) => headers.authorization)).toEqual(['application']);
    expect(logged()).not.toContain(entra.clientSecret);
    expect(logged()).not.toMatch(/eyJ/);
  });
});
