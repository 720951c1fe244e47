import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createVideo } from '../../../src/emulator/video/video.ts';
import type { Video } from '../../../src/emulator/video/video.ts';
import { browserNote, findBrowser, openPage } from '../../support/browser.ts';

/** Plays a little, seeks to two thirds, reads the progress bar left and right of there, and posts a report. */
const watchingPage = `<!doctype html>
<video muted playsinline src="/recording.mp4"></video>
<script type="module">
  const video = document.querySelector('video');
  const failed = new Promise((_, reject) =>
    video.addEventListener('error', () => reject(new Error(video.error.message))));
  const until = async (event, reached = () => true) => {
    do await Promise.race([failed, new Promise((resolve) => video.addEventListener(event, resolve, { once: true }))]);
    while (!reached());
  };
  const watch = async () => {
    if (video.readyState < 1) await until('loadedmetadata');
    await video.play();
    await until('timeupdate', () => video.currentTime > 0.5);
    video.pause();
    video.currentTime = 1800.25;
    await until('seeked');
    const drawing = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d');
    drawing.drawImage(video, 0, 0);
    const isWhite = (x) => drawing.getImageData(x, 165, 1, 1).data.every((channel) => channel > 250);
    const { duration, videoWidth, videoHeight } = video;
    return { duration, videoWidth, videoHeight, hasPlayed: video.played.end(0) > 0.5, elapsedIsWhite: isWhite(204), aheadIsWhite: isWhite(212) };
  };
  const report = await watch().catch((error) => ({ error: String(error) }));
  await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
</script>`;

describe.skipIf(findBrowser() === null)(`a video in a browser (${browserNote})`, () => {
  it('plays and seeks', { timeout: 60_000 }, async () => {
    const video = createVideo({ seed: 1, durationSeconds: 45 * 60, title: 'Weekly sync' });
    const rangeStarts: number[] = [];
    const { server, report } = serve(video, rangeStarts);
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');

    const { page } = await openPage({}, ['--mute-audio', '--autoplay-policy=no-user-gesture-required']);
    await page.goto(`http://127.0.0.1:${address.port}/`);

    expect(await report).toEqual({
      duration: 2700,
      videoWidth: 320,
      videoHeight: 180,
      hasPlayed: true,
      elapsedIsWhite: true,
      aheadIsWhite: false,
    });
    expect(Math.max(...rangeStarts), 'the seek asked for a range').toBeGreaterThan(video.sizeBytes / 2);
  });
});

/** Serves the page and ranges of the video, and receives the report of the page. */
function serve(video: Video, rangeStarts: number[]): { server: Server; report: Promise<unknown> } {
  const { promise: report, resolve, reject } = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    if (request.url === '/recording.mp4') {
      sendRange(video, request, response, rangeStarts);
    } else if (request.url === '/report') {
      text(request)
        .then((body) => resolve(JSON.parse(body)))
        .catch(reject)
        .finally(() => response.end());
    } else {
      response.writeHead(200, { 'content-type': 'text/html' }).end(watchingPage);
    }
  });
  return { server, report };
}

function sendRange(video: Video, request: IncomingMessage, response: ServerResponse, rangeStarts: number[]): void {
  const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? 'bytes=0-') ?? [];
  const startByte = Number(first);
  const endByte = last === '' ? video.sizeBytes : Number(last) + 1;
  rangeStarts.push(startByte);
  response.writeHead(206, {
    'accept-ranges': 'bytes',
    'content-length': endByte - startByte,
    'content-range': `bytes ${startByte}-${endByte - 1}/${video.sizeBytes}`,
    'content-type': 'video/mp4',
  });
  Readable.from(partsOf(video, startByte, endByte)).pipe(response);
}

function* partsOf(video: Video, startByte: number, endByte: number): Generator<Buffer> {
  const stepBytes = 65_536;
  for (let at = startByte; at < endByte; at += stepBytes) yield video.read(at, Math.min(at + stepBytes, endByte));
}
