/** Requests for content in every way: the link is a secret, and so is the URL to which Graph redirects. */
import type { Fault } from '../../src/emulator/faults/faults.ts';
import type { Stage } from './secret-stage.ts';

const CONTENT = `query ($organizer: ID!) {
  callRecording(meetingOrganizerId: $organizer, meetingId: "meeting-1", id: "recording-1-of-meeting-1") {
    content { url expirationDateTime size contentType }
  }
}`;

/** Faults of the storage host to which Graph redirects, each until there are no more retries. */
const FAULTS: readonly Fault[] = [
  ...[401, 403, 404, 500].map((status): Fault => ({ kind: 'status', status, retryAfterSeconds: 0 })),
  { kind: 'html' },
  { kind: 'reset' },
];

/** Requests a link to content and opens it in valid and invalid ways, with and without a redirect to a storage host. */
export async function watch(stage: Stage, authorization: string): Promise<void> {
  const { emulator, organizer, visitor } = stage;
  const ask = (name: string): Promise<number> =>
    visitor.ask(name, { headers: { authorization }, body: { query: CONTENT, variables: { organizer } } });
  await ask('a query for content');
  const told = visitor.heard().find(({ name }) => name === 'the answer to a query for content')?.text ?? '';
  const [path = ''] = /\/content\/[\w-]+/.exec(told) ?? [];
  if (path === '') throw new Error('Expected a link to content, but there is none.');

  const knocks = [
    { method: 'HEAD', path },
    { path, headers: { range: 'bytes=0-9' } },
    { path, headers: { range: 'bytes=0-9,5000-5009', authorization } },
    { path, headers: { range: 'bytes=99999999999-' } },
    { path: `${path}A` },
    { path: path.toUpperCase().replace('/CONTENT/', '/content/') },
    { path: `${path}%zz` },
    { path: `${path}/more?access=none` },
    { path: `/elsewhere${path}` },
    { method: 'POST', path },
    { method: 'OPTIONS', path, headers: { origin: 'https://elsewhere.example' } },
  ];
  for (const sendsOn of [false, true]) {
    emulator.settings.contentRedirect = sendsOn;
    const where = sendsOn ? 'elsewhere' : 'at Graph';
    // oxlint-disable-next-line no-await-in-loop -- the setting is for those that follow it
    await Promise.all([
      ask(`a query for content ${where}`),
      ...knocks.map((knock, nth) => visitor.ask(`the ${nth + 1}. knock for content ${where}`, knock)),
    ]);
  }
  for (const fault of FAULTS) {
    emulator.fail({ ...fault, times: 8, match: { path: '/download' } });
    // oxlint-disable-next-line no-await-in-loop -- each fault is for the request that follows it
    await visitor.ask(`content while its storage fails by ${fault.kind}`, { path, headers: { range: 'bytes=0-9' } });
    emulator.clearFaults();
  }
  emulator.settings.contentRedirect = false;
}
