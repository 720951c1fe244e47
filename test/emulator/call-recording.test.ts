import { expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { at, ids, items, pages, send, startEmulator, textAt } from './graph-client.ts';

const many = { users: 1, meetings: 4, recordings: 200 };

/** The path of the meetings of the only organizer. */
function base(emulator: Emulator): string {
  return `/v1.0/users/${emulator.tenant.users[0]?.id}/onlineMeetings`;
}

function getAll(emulator: Emulator, more = ''): string {
  return `${base(emulator)}/getAllRecordings(meetingOrganizerUserId='${emulator.tenant.users[0]?.id}'${more})`;
}

function userTypes(recordings: readonly unknown[]): ReadonlySet<unknown> {
  return new Set(recordings.map((item) => at(item, 'meetingOrganizer', 'user', '@odata.type')));
}

it('lists the recordings of a meeting', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 3, recordings: 6 } });
  const [meeting] = emulator.tenant.meetings;
  const { body, headers, status } = await send(emulator, `${base(emulator)}/${meeting?.id}/recordings/`);
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('application/json');
  expect(ids(body)).toEqual(emulator.tenant.recordingsOfMeeting(meeting?.id ?? '').map(({ id }) => id));
  expect(body).toMatchObject({ '@odata.count': 2 });
  expect(textAt(body, '@odata.context')).toMatch(
    /\/v1\.0\/\$metadata#users\('.+'\)\/onlineMeetings\('.+'\)\/recordings$/,
  );
});

it('returns one recording, or its selected properties', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 1, recordings: 1 } });
  const [recording] = emulator.tenant.recordings;
  const path = `${base(emulator)}/${recording?.meetingId}/recordings/${recording?.id}`;
  const { body } = await send(emulator, path);
  const { organizerId, ...own } = recording ?? {};
  expect(body).toMatchObject({ ...own, meetingOrganizer: { user: { id: organizerId } } });
  expect(textAt(body, '@odata.context')).toMatch(/\/recordings\/\$entity$/);
  const selected = await send(emulator, `${path}?$select=CreatedDateTime`);
  expect(Object.keys(Object(selected.body))).toEqual(['@odata.context', 'id', 'createdDateTime']);
  expect((await send(emulator, `${path}?$select=nonsense`)).status).toBe(400);
});

it.each([
  ['a recording', (emulator: Emulator) => `${base(emulator)}/${emulator.tenant.meetings[0]?.id}/recordings/none`],
  ['a meeting', (emulator: Emulator) => `${base(emulator)}/none/recordings`],
  ['a user', () => '/v1.0/users/none/onlineMeetings/none/recordings'],
])('answers 404 for %s that does not exist', async (_what, path) => {
  const emulator = await startEmulator();
  expect(await send(emulator, path(emulator))).toMatchObject({ status: 404, body: { error: { code: 'NotFound' } } });
});

it('omits display names in responses about recordings, and gives inconsistent types of identities', async () => {
  const emulator = await startEmulator({ tenant: many, settings: { pageSize: 200 } });
  const inAll = items((await send(emulator, getAll(emulator))).body);
  const inMeeting = items(
    (await send(emulator, `${base(emulator)}/${emulator.tenant.meetings[0]?.id}/recordings`)).body,
  );
  expect(new Set(inAll.map((item) => at(item, 'meetingOrganizer', 'user', 'displayName')))).toEqual(new Set([null]));
  expect(userTypes(inAll)).toEqual(new Set([undefined, '#microsoft.graph.teamworkUserIdentity']));
  expect(userTypes(inMeeting)).toEqual(new Set([undefined, '#Microsoft.Teams.GraphSvc.teamworkUserIdentity']));
  expect(new Set(inAll.map((item) => at(item, '@odata.type')))).toEqual(new Set(['#microsoft.graph.callRecording']));
  expect(new Set(inMeeting.map((item) => at(item, '@odata.type')))).toEqual(new Set([undefined]));
  expect(new Set(inAll.map((item) => at(item, 'meetingOrganizer', 'user', 'userIdentityType')))).toEqual(
    new Set(['aadUser', 'sharedMailboxUser']),
  );
  expect(new Set(inAll.map((item) => at(item, 'meetingOrganizer', 'user', 'tenantId')))).toEqual(
    new Set([emulator.tenant.id]),
  );
});

it('mixes the known formats of properties', async () => {
  const emulator = await startEmulator({ tenant: many, settings: { pageSize: 200 } });
  const recordings = items((await send(emulator, getAll(emulator))).body);
  const forms = recordings.map((item) => {
    const url = textAt(item, 'recordingContentUrl');
    const kind = url.includes('$metadata#') ? 'metadata' : url.startsWith('communications/') ? 'relative' : 'absolute';
    return `${kind}${url.endsWith('/content') ? '' : ', bare'}`;
  });
  expect(new Set(forms)).toEqual(new Set(['absolute', 'absolute, bare', 'metadata', 'relative']));
  expect(
    new Set(recordings.map((item) => textAt(item, 'contentCorrelationId').slice(36).replaceAll(/\d/g, '9'))),
  ).toEqual(new Set(['', '-9', '-99999999_999999']));
  expect(recordings.every((item) => /\.\d{7}Z$/.test(textAt(item, 'createdDateTime')))).toBe(true);
  expect(new Set(recordings.map((item) => at(item, 'callId') === null))).toEqual(new Set([true, false]));
});

it('returns content at every recordingContentUrl that is an absolute URL of content', async () => {
  const emulator = await startEmulator({ tenant: { ...many, recordings: 40 }, settings: { pageSize: 40 } });
  const urls = items((await send(emulator, getAll(emulator))).body).map((item) => textAt(item, 'recordingContentUrl'));
  const callable = urls.filter((url) => /^http:[^$]+\/content$/.test(url));
  const read = callable.map((url) => send(emulator, url, { headers: { range: 'bytes=0-9' } }));
  expect(callable.length).toBeGreaterThan(1);
  expect(new Set((await Promise.all(read)).map(({ status }) => status))).toEqual(new Set([206]));
});

it('pages through all recordings of an organizer by its own links, which keep the version', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 5, recordings: 35 } });
  for (const version of ['v1.0', 'beta']) {
    const replies = await pages(emulator, getAll(emulator).replace('v1.0', version));
    expect(replies.map(({ body }) => at(body, '@odata.count'))).toEqual([10, 10, 10, 5]);
    expect(replies.flatMap(({ body }) => ids(body))).toEqual(emulator.tenant.recordings.map(({ id }) => id));
    for (const { body } of replies.slice(0, -1)) {
      expect(textAt(body, '@odata.nextLink')).toMatch(new RegExp(`^${emulator.url}/${version}/users/`));
    }
  }
});

it('builds links with the host that the client addressed', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 5, recordings: 35 } });
  const { body } = await send(emulator, getAll(emulator), { headers: { host: 'graph.test:99' } });
  expect(textAt(body, '@odata.nextLink')).toMatch(/^http:\/\/graph\.test:99\/v1\.0\//);
});

it('writes the token option of its links in both known ways', async () => {
  const emulator = await startEmulator({
    tenant: { users: 1, meetings: 5, recordings: 100 },
    settings: { pageSize: 5 },
  });
  const links = (await pages(emulator, getAll(emulator))).map(({ body }) => String(at(body, '@odata.nextLink')));
  expect(new Set(links.slice(0, -1).map((link) => /\?(.+)=/.exec(link)?.[1]))).toEqual(
    new Set(['$skiptoken', 'skipToken']),
  );
});

it('returns as many items on every page as $top requests', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 5, recordings: 35 } });
  const counts = (await pages(emulator, `${getAll(emulator)}?$top=15`)).map(({ body }) => ids(body).length);
  expect(counts).toEqual([15, 15, 5]);
  const inMeeting = `${base(emulator)}/${emulator.tenant.meetings[0]?.id}/recordings?$top=4`;
  expect((await pages(emulator, inMeeting)).map(({ body }) => ids(body).length)).toEqual([4, 3]);
});

it.each([
  '$top=0',
  '$top=-1',
  '$top=many',
  '$skiptoken=forged',
  '$skiptoken=W10',
  '$skiptoken=WyIxMCIsbnVsbF0',
  '$filter=id%20eq%20%27x%27',
])('refuses %s', async (option) => {
  const emulator = await startEmulator();
  const path = option.startsWith('$filter') ? `${base(emulator)}/getAllRecordings` : getAll(emulator);
  expect(await send(emulator, `${path}?${option}`)).toMatchObject({
    status: 400,
    body: { error: { code: 'BadRequest' } },
  });
});

it('returns at most 999 items, for any greater $top', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 5, recordings: 1005 } });
  const counts = (await pages(emulator, `${getAll(emulator)}?$top=5000`)).map(({ body }) => ids(body).length);
  expect(counts).toEqual([999, 6]);
});

it('omits the nextLink with $top when its known bug is switched on', async () => {
  const emulator = await startEmulator({ tenant: many, settings: { dropNextLinkWithTop: true } });
  const { body } = await send(emulator, `${getAll(emulator)}?$top=15`);
  expect(ids(body)).toHaveLength(15);
  expect(at(body, '@odata.nextLink')).toBeUndefined();
  expect(at((await send(emulator, getAll(emulator))).body, '@odata.nextLink')).toBeTypeOf('string');
});

it('accepts the organizer in a $filter too', async () => {
  const emulator = await startEmulator();
  const filter = `MeetingOrganizer/User/Id+eq+'${emulator.tenant.users[0]?.id}'`;
  const { body } = await send(emulator, `${base(emulator)}/getAllRecordings?$filter=${filter}`);
  expect(ids(body)).toEqual(ids((await send(emulator, getAll(emulator))).body));
});

it.each([
  ['is missing', () => 'getAllRecordings', 'meetingOrganizerUserId'],
  [
    'is not the user in the path',
    (other: string) => `getAllRecordings(meetingOrganizerUserId='${other}')`,
    'not the user in the path',
  ],
])('refuses getAllRecordings when the organizer %s', async (_why, call, sentence) => {
  const emulator = await startEmulator();
  const { body, status } = await send(emulator, `${base(emulator)}/${call(emulator.tenant.users[1]?.id ?? '')}`);
  expect(status).toBe(400);
  expect(textAt(body, 'error', 'message')).toContain(sentence);
});

const [first, second, third] = [
  '2026-11-16T09:00:00.1234567Z',
  '2026-11-16T09:00:00.1234568Z',
  '2026-11-16T10:00:00.0000000Z',
];

it.each([
  ['', [first, second, third]],
  [`,startDateTime=${first}`, [second, third]],
  [`,endDateTime=${third}`, [first, second]],
  [`,startDateTime=${first},endDateTime=${third}`, [second]],
  [',startDateTime=2026-11-16T10:00:00%2B01:00', [first, second, third]],
  [',startDateTime=2026-11-16T10:30:00%2B01:00', [third]],
])('selects recordings created strictly between the instants of "%s", to seven decimals', async (window, expected) => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 1, recordings: 0 } });
  [third, first, second].forEach((createdDateTime) => emulator.addRecording({ id: createdDateTime, createdDateTime }));
  expect(ids((await send(emulator, getAll(emulator, window))).body).toSorted()).toEqual(expected);
});

it('keeps the time window from page to page', async () => {
  const emulator = await startEmulator({ tenant: { users: 1, meetings: 5, recordings: 35 } });
  const created = emulator.tenant.recordings.map(({ createdDateTime }) => createdDateTime).toSorted();
  const replies = await pages(emulator, getAll(emulator, `,%20startDateTime=${created[9]}`));
  expect(replies.flatMap(({ body }) => items(body).map((item) => textAt(item, 'createdDateTime'))).toSorted()).toEqual(
    created.slice(10),
  );
});

it('refuses an invalid instant', async () => {
  const emulator = await startEmulator();
  expect((await send(emulator, getAll(emulator, ',startDateTime=yesterday'))).status).toBe(400);
});
