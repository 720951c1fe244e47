import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, findBrowser, launchBrowser, openPageIn } from '../support/browser.ts';
import { addShortRecording, linkTo } from '../support/content.ts';
import { startGateway } from '../support/gateway.ts';

describe.skipIf(findBrowser() === null)(`a video that the viewer cannot play (${browserNote})`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(['--mute-audio', '--autoplay-policy=no-user-gesture-required']);
  });
  afterAll(() => browser.close());

  it('is shown as refused, with the message of Graph, if Graph refuses it', async () => {
    const gateway = await startGateway({ config: { viewer: true }, tenant: { users: 1, meetings: 1, recordings: 0 } });
    const { organizerId } = addShortRecording(gateway);
    gateway.emulator.fail({ kind: 'status', status: 403, match: { pathPattern: '.*/content' }, times: 9 });
    const { page } = await openPageIn(browser, {});
    await page.goto(`${gateway.url}/watch?organizer=${organizerId}`);
    await page.getByRole('button', { name: /^Play/ }).click();
    await page.getByText('You do not have access to this video').waitFor();
    await page.getByText('Message from the gateway').click();
    expect(await page.getByText('Microsoft Graph responded').innerText()).toContain(
      'with 403 (Forbidden: The request is not allowed.)',
    );
  });

  it('is requested with one link only and shown as unplayable if it is damaged', async () => {
    const gateway = await startGateway({ config: { viewer: true }, tenant: { users: 1, meetings: 1, recordings: 0 } });
    const recording = addShortRecording(gateway);
    const video = Buffer.from(await (await fetch(await linkTo(gateway, recording))).arrayBuffer());
    // The index and the beginning are intact; the rest is no picture.
    video.fill(0xff, Math.floor(video.length / 2));
    const { page, requests } = await openPageIn(browser, {});
    let links = 0;
    await page.route('**/content/**', async (route) => {
      links += 1;
      await route.fulfill({ body: video, contentType: 'video/mp4', headers: { 'accept-ranges': 'none' } });
    });
    await page.goto(`${gateway.url}/watch?organizer=${recording.organizerId}`);
    await page.getByRole('button', { name: /^Play/ }).click();
    await page.getByText('The video cannot be played').waitFor();
    expect(links).toBe(1);
    expect(new Set(requests.filter((url) => url.includes('/content/'))).size).toBe(1);
  });
});
