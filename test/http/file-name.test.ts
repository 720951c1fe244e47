import { describe, expect, it } from 'vitest';
import { contentDisposition } from '../../src/http/content/file-name.ts';
import { createDrivenClock } from '../support/clock.ts';
import { addShortRecording, linkTo } from '../support/content.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';

const CREATED = '2026-11-16T09:00:00.0000000Z';

/**
 * The name that a client makes of the header: that of `filename*` where there is one
 * (https://www.rfc-editor.org/rfc/rfc8187#section-3.2), else of `filename`. Throws when the header is not one line of these.
 */
function nameOf(header: string): string {
  const [, quoted, token, encoded] =
    /^inline; filename=(?:"([ !#-[\]-~]+)"|([\w!#$&+.^`|~-]+))(?:; filename\*=UTF-8''([\w!#$&+.^`|~%-]+))?$/.exec(
      header,
    ) ?? [];
  const name = encoded === undefined ? (quoted ?? token) : decodeURIComponent(encoded);
  if (name === undefined) throw new Error(`Expected one valid line, but it is ${JSON.stringify(header)}.`);
  return name;
}

const NAMES: readonly (readonly [string, string | null, string])[] = [
  ['plain words', 'Weekly sync', 'Weekly sync 2026-11-16.mp4'],
  ['quotes', 'The "new" one, it\'s here', "The new one, it's here 2026-11-16.mp4"],
  ['slashes', '../../etc/passwd\\..\\boot', 'etc passwd .. boot 2026-11-16.mp4'],
  ['colons and what else a file system refuses', 'Q4: <plan> | what? *all*', 'Q4 plan what all 2026-11-16.mp4'],
  ['percent signs', '100%41 sure; filename="x.exe"', '100 41 sure; filename= x.exe 2026-11-16.mp4'],
  ['emoji', 'Launch 🚀', 'Launch 🚀 2026-11-16.mp4'],
  ['letters beyond ASCII', 'Größe – naïve 会議', 'Größe – naïve 会議 2026-11-16.mp4'],
  ['signs that RFC 8187 does not leave as they are', "it's (a) té*st", "it's (a) té st 2026-11-16.mp4"],
  ['what turns the direction of the text', 'invoice\u202Egpj.exe', 'invoice gpj.exe 2026-11-16.mp4'],
  ['line breaks', 'One\r\nSet-Cookie: a=b\r\n\r\n<html>', 'One Set-Cookie a=b html 2026-11-16.mp4'],
  ['line breaks of other kinds', 'One\u2028two\u2029three\u0085four', 'One two three four 2026-11-16.mp4'],
  ['control characters', 'a\0b\u001Bc\u007Fd', 'a b c d 2026-11-16.mp4'],
  ['halves of characters', 'a\uD83Db\uDE80c', 'a b c 2026-11-16.mp4'],
  ['500 characters', 'x'.repeat(500), `${'x'.repeat(200)} 2026-11-16.mp4`],
  ['120 characters of three bytes each', '会'.repeat(120), `${'会'.repeat(66)} 2026-11-16.mp4`],
  ['characters that are joined', 'Pair 👩\u200D💻 می\u200Cخواهم', 'Pair 👩\u200D💻 می\u200Cخواهم 2026-11-16.mp4'],
  ['a character at the place where it is cut', `${'x'.repeat(198)}🚀🚀`, `${'x'.repeat(198)} 2026-11-16.mp4`],
  ['500 spaces', ' '.repeat(500), 'Recording 2026-11-16.mp4'],
  ['nothing', '', 'Recording 2026-11-16.mp4'],
  ['only dots', '. .. ...', 'Recording 2026-11-16.mp4'],
  ['dots around it', '..hidden. ', 'hidden 2026-11-16.mp4'],
  ['no subject at all', null, 'Recording 2026-11-16.mp4'],
];

describe('The name of a file', () => {
  it.each(NAMES)('is derived from a subject with %s', (_, subject, expected) => {
    const header = contentDisposition(subject, CREATED);
    expect(header).toMatch(/^[ -~]+$/);
    expect(nameOf(header)).toBe(expected);
  });

  it.each([
    ['null', null],
    ['no date', 'yesterday'],
    ['a line break', '\r\n'],
    ['half a character', '2026-11-\uD83D'],
    ['a path', '../../../..'],
  ])('has no day if the date is %s', (_, createdDateTime) => {
    expect(nameOf(contentDisposition('Weekly sync', createdDateTime))).toBe('Weekly sync.mp4');
    expect(nameOf(contentDisposition(null, createdDateTime))).toBe('Recording.mp4');
  });

  it('is sent encoded in UTF-8, and in plain ASCII as a fallback', () => {
    expect(contentDisposition('Größe 🚀', CREATED)).toBe(
      'inline; filename="Gr??e ?? 2026-11-16.mp4"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe%20%F0%9F%9A%80%202026-11-16.mp4',
    );
  });
});

/** A gateway with a recording of a meeting with this subject, and a link to it. */
async function start(
  subject: string,
  options: TestGatewayOptions = {},
): Promise<{ gateway: TestGateway; url: string }> {
  const gateway = await startGateway({ tenant: { users: 1, meetings: 0, recordings: 0 }, ...options });
  const { id: meetingId } = gateway.emulator.addMeeting({ subject });
  const recording = addShortRecording(gateway, { meetingId });
  return { gateway, url: await linkTo(gateway, recording) };
}

/** The file name in the answer for a video. */
async function nameAt(url: string): Promise<string> {
  const response = await fetch(url, { headers: { range: 'bytes=0-9' } });
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 10]);
  return nameOf(response.headers.get('content-disposition') ?? '');
}

const MEETING = { pathPattern: '/onlineMeetings/[^/]+$' };

describe('A video', () => {
  it('is named after the subject of its meeting, whatever that contains', async () => {
    const { url } = await start('Plan "B"\r\nx-evil: 1 / 会議 🚀 \u202E4pm.exe');
    const name = 'Plan B x-evil 1 会議 🚀 4pm.exe 2026-11-16.mp4';
    expect([await nameAt(url), await nameAt(url)]).toEqual([name, name]);
  });

  it('causes one request for the subject, however often its link is opened', async () => {
    const { gateway, url } = await start('Weekly sync');
    gateway.emulator.clearRequests();
    await Promise.all([nameAt(url), nameAt(url)]);
    await nameAt(url);
    expect(gateway.paths().filter((path) => !path.endsWith('/content'))).toHaveLength(1);
  });

  it.each([
    ['may not be read', { kind: 'status', status: 403 }],
    ['is not there', { kind: 'status', status: 404 }],
    ['is no meeting', { kind: 'wrongJson' }],
  ] as const)('is named "Recording" if its meeting %s', async (_, fault) => {
    const { gateway, url } = await start('Weekly sync');
    gateway.emulator.fail({ ...fault, match: MEETING });
    expect(await nameAt(url)).toBe('Recording 2026-11-16.mp4');
  });

  it.each([
    ['failed once', 500, 'Weekly sync 2026-11-16.mp4', 2],
    ['is not there', 404, 'Recording 2026-11-16.mp4', 1],
    ['may not be read', 403, 'Recording 2026-11-16.mp4', 1],
  ] as const)('whose meeting %s is named again only after a temporary failure', async (_, status, name, asked) => {
    const { gateway, url } = await start('Weekly sync');
    gateway.emulator.fail({ kind: 'status', status, match: MEETING, times: 1 });
    gateway.emulator.clearRequests();
    expect(await nameAt(url)).toBe('Recording 2026-11-16.mp4');
    expect([await nameAt(url), await nameAt(url)]).toEqual([name, name]);
    expect(gateway.paths().filter((path) => !path.endsWith('/content'))).toHaveLength(asked);
  });

  it('waits at most two seconds for its meeting', async () => {
    const clock = createDrivenClock();
    const { gateway, url } = await start('Weekly sync', { clock });
    const hold = gateway.emulator.hold(MEETING);
    const name = nameAt(url);
    await hold.arrived(1);
    clock.advance(2_000);
    // After two seconds of the driven clock, and not after the 8 s of the connection timeout.
    await expect.poll(() => hold.held, { interval: 5, timeout: 5_000 }).toBe(0);
    expect(await name).toBe('Recording 2026-11-16.mp4');
  });
});
