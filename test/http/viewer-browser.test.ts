import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoOrganizerId } from '../../src/graphql/example-operations.ts';
import { browserNote, findBrowser, launchBrowser, openPageIn } from '../support/browser.ts';
import { createDrivenClock } from '../support/clock.ts';
import { startEntra } from '../support/entra.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../support/gateway.ts';

const demo = { tenant: 'demo', settings: { pageSize: 100 }, config: { viewer: true } } as const;
const here = { locale: 'en-GB', timezoneId: 'UTC' } as const;

function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  return startGateway({ ...demo, ...options, config: { ...demo.config, ...options.config } });
}

function meetingOf({ emulator }: TestGateway, name: string): string {
  return emulator.tenant.meetings.find(({ subject }) => subject === name)?.id ?? '';
}

/** Resolves when the video has played past this position. */
async function plays(page: Page, pastSeconds: number): Promise<void> {
  await page.locator('video').evaluate(
    (video, past) =>
      new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (Reflect.get(video, 'currentTime') > past) resolve();
        };
        video.addEventListener('timeupdate', look);
        video.addEventListener('error', () => reject(new Error('The video has failed.')));
        look();
      }),
    pastSeconds,
  );
}

function isNarrow(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= innerWidth');
}

describe.skipIf(findBrowser() === null)(`the viewer in a browser (${browserNote})`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(['--mute-audio', '--autoplay-policy=no-user-gesture-required']);
  });
  afterAll(() => browser.close());

  it('lists the recordings of the demo by day, with requests only to the gateway and none for content', async () => {
    const gateway = await start();
    const { page, requests, complaints } = await openPageIn(browser, here);

    await page.goto(`${gateway.url}/watch`);
    await page.getByRole('heading', { name: 'Recordings' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();

    expect(new URL(page.url()).searchParams.get('organizer')).toBe(demoOrganizerId);
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
      'Friday\n20 November',
      'Thursday\n19 November',
      'Wednesday\n18 November',
      'Tuesday\n17 November',
      'Monday\n16 November',
    ]);
    const first = page.getByRole('article').first();
    expect((await first.innerText()).split(/\n+/)).toEqual([
      'Play',
      'Retrospective',
      '11:18',
      'Nkechi Adebayo-Lund',
      '40 min',
    ]);
    expect(await page.getByRole('article').count()).toBe(11);
    await page.getByText('All 11 recordings are shown.').waitFor();
    expect(new Set(requests.map((url) => new URL(url).origin))).toEqual(new Set([gateway.url]));
    expect(gateway.paths().filter((path) => path.includes('/content'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('opens, plays, seeks and closes by keyboard', async () => {
    const gateway = await start();
    const { page, complaints } = await openPageIn(browser, here);
    const ranges: number[] = [];
    page.on('request', (request) => {
      const [, first] = /^bytes=(\d+)-/.exec(request.headers()['range'] ?? '') ?? [];
      if (first !== undefined) ranges.push(Number(first));
    });

    await page.goto(`${gateway.url}/watch`);
    const button = page.getByRole('button', { name: 'Play Retrospective' });
    await button.waitFor();
    await page.keyboard.press('Tab');
    expect(await button.evaluate((element) => element.matches(':focus-visible'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.locator('video').waitFor();
    await plays(page, 0.3);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await plays(page, 5);
    await page.locator('video').evaluate((video) => Reflect.set(video, 'currentTime', 1_500));
    await plays(page, 1_500.3);
    await page.keyboard.press('Escape');

    await page.locator('video').waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element.matches(':focus'))).toBe(true);
    expect(Math.max(...ranges), 'the seek asked for a range').toBeGreaterThan(1_000_000);
    expect(complaints).toEqual([]);
  });

  it('continues at the same position with a new link when its link has expired', async () => {
    const clock = createDrivenClock();
    const gateway = await start({ clock });
    const { page, requests } = await openPageIn(browser, here);

    await page.goto(`${gateway.url}/watch`);
    await page.getByRole('button', { name: 'Play Retrospective' }).click();
    await page.locator('video').waitFor();
    await plays(page, 0.3);
    clock.advance(16 * 60_000);
    const answered = [403, 206].map((status) =>
      page.waitForResponse((response) => response.url().includes('/content/') && response.status() === status),
    );
    await page.locator('video').evaluate((video) => Reflect.set(video, 'currentTime', 1_500));
    await Promise.all(answered);
    await plays(page, 1_500.3);

    const links = new Set(requests.filter((url) => url.includes('/content/')));
    expect(links.size).toBe(2);
    expect(await page.locator('video').evaluate((video) => Reflect.get(video, 'currentTime'))).toBeLessThan(1_510);
  });

  it('shows recordings added while it is open, and those added while the gateway was away', async () => {
    const sealingKeys = [randomBytes(32)] as const;
    const first = await start({ config: { sealingKeys } });
    const { emulator } = first;
    const port = Number(new URL(first.url).port);
    const { page } = await openPageIn(browser, here);
    const isLive = page.getByText('Live', { exact: true });
    const isReconnecting = page.getByText('Reconnecting');

    await page.goto(`${first.url}/watch`);
    await isLive.waitFor();
    emulator.addRecording({ meetingId: meetingOf(first, 'Office hours') });
    await page.getByRole('button', { name: 'Play Office hours' }).waitFor();
    await page.getByText('New recording: Office hours.').waitFor({ state: 'attached' });

    await first.close();
    await isReconnecting.waitFor();
    emulator.addRecording({ meetingId: meetingOf(first, 'Retrospective') });
    const second = await start({ emulator, config: { sealingKeys, port } });
    await page.getByRole('button', { name: 'Play Retrospective' }).nth(1).waitFor();
    await isLive.waitFor();
    expect(await page.getByText('New', { exact: true }).count(), 'both were told').toBe(2);

    await second.close();
    await isReconnecting.waitFor();
    emulator.addRecording({ meetingId: meetingOf(first, 'Quarterly planning') });
    // With keys of its own it cannot read the token of the page, which has to start over.
    await start({ emulator, config: { port } });
    await page.getByRole('button', { name: 'Play Quarterly planning' }).nth(3).waitFor();
    expect(await page.getByRole('article').count()).toBe(14);
  });

  it('shows an error and retries, shows a missing meeting and loads it, and shows that a list is empty', async () => {
    const gateway = await start();
    const { page } = await openPageIn(browser, here);
    const lost = `onlineMeetings/${meetingOf(gateway, 'Retrospective')}`;
    gateway.emulator.fail({ kind: 'status', status: 500, times: 2, match: { path: 'getAllRecordings' } });
    gateway.emulator.fail({ kind: 'status', status: 500, match: { path: lost } });

    await page.goto(`${gateway.url}/watch`);
    await page.getByRole('alert').getByText('Microsoft Graph is not available').waitFor();
    await page.getByText('Not live').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Play Meeting that could not be loaded' }).waitFor();
    await page.getByText('Message from the gateway').click();
    await page.getByText('with 500').waitFor();
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByRole('button', { name: 'Play Retrospective' }).waitFor();

    gateway.emulator.addUser({ id: '7d1c1f52-6a09-4c55-8f0e-31b9a5c0d2aa' });
    await page.goto(`${gateway.url}/watch?organizer=7d1c1f52-6a09-4c55-8f0e-31b9a5c0d2aa`);
    await page.getByText('No recordings yet').waitFor();

    expect(await page.getByRole('article').count()).toBe(0);
  });

  it('asks for an access token if callers have to authenticate, and does not store it', async () => {
    const entra = await startEntra();
    const gateway = await start({
      tenant: { users: 0, meetings: 0, recordings: 0 },
      config: {
        callers: { authority: entra.authority, tenantIds: [entra.tenantId], audiences: [entra.clientId] },
        graphCertificateAuthority: entra.certificateAuthority,
      },
    });
    gateway.emulator.addUser({ id: entra.userId });
    gateway.emulator.addMeeting({ organizerId: entra.userId, subject: 'Board' });
    gateway.emulator.addRecording();
    const { page } = await openPageIn(browser, here);

    await page.goto(`${gateway.url}/watch?organizer=${entra.userId}`);
    await page.getByLabel('Access token').fill(await entra.issue({}));
    await page.getByRole('button', { name: 'Show recordings' }).click();
    await page.getByRole('button', { name: 'Play Board' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();

    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])')).toBe(
      '[{},{},""]',
    );
  });

  it('shows more on demand, and moves the keyboard focus to the end', async () => {
    const gateway = await start({ tenant: { users: 1, meetings: 5, recordings: 25 } });
    const { page } = await openPageIn(browser, here);

    await page.goto(`${gateway.url}/watch?organizer=${gateway.emulator.tenant.users[0]?.id}`);
    await page.getByRole('button', { name: 'Show more' }).press('Enter');
    const end = page.getByText('All 25 recordings are shown.');
    await end.waitFor();

    expect(await page.getByRole('article').count()).toBe(25);
    expect(await end.evaluate((element) => element.matches(':focus'))).toBe(true);
  });

  it('plays one video at a time, follows the color scheme, and fits a phone', async () => {
    const gateway = await start();
    const { page, complaints } = await openPageIn(browser, {
      ...here,
      viewport: { width: 360, height: 740 },
      isMobile: true,
    });
    const paper = (): Promise<string> => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');

    await page.goto(`${gateway.url}/watch`);
    await page.getByRole('button', { name: 'Play Retrospective' }).click();
    await page.getByLabel('Video of Retrospective').waitFor();
    await page.getByRole('button', { name: 'Play Roadmap' }).click();
    await page.getByLabel('Video of Roadmap').waitFor();
    expect(await page.locator('video').count(), 'one plays at a time').toBe(1);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await paper()).toBe('rgb(247, 246, 243)');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await paper()).toBe('rgb(20, 21, 23)');

    expect(await isNarrow(page)).toBe(true);
    expect((await page.locator('video').boundingBox())?.width).toBeGreaterThan(280);
    expect(complaints).toEqual([]);
  });
});
