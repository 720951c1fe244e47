/** A real browser, if one is installed. */
import { spawnSync } from 'node:child_process';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const commands = ['chromium', 'chromium-browser', 'google-chrome'];

/** For the title of a test that is skipped without a browser. */
export const browserNote = `skipped where none of ${commands.join(', ')} is on the PATH`;

/** A page, and what it has requested and reported. */
export interface OpenPage {
  readonly page: Page;
  /** The URL of every request that the page or a worker of it has made. */
  readonly requests: readonly string[];
  /** Every error thrown by the page or written to the console by the browser, a violated policy for instance. */
  readonly complaints: readonly string[];
}

/** The path of Chromium on this machine; null if there is none. */
export function findBrowser(): string | null {
  for (const command of commands) {
    const { status, stdout } = spawnSync('which', [command], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  return null;
}

/** Starts a browser; `flags` are its own. Throws if there is none. The caller closes it. */
export async function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error(`Expected one of ${commands.join(', ')} on the PATH: install Chromium.`);
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...flags,
    ],
  });
}

/**
 * Opens an empty page in a browser of its own, which closes with the test. `flags` are the browser's. Throws if there
 * is no browser.
 */
export async function openPage(options: BrowserContextOptions = {}, flags: readonly string[] = []): Promise<OpenPage> {
  const browser = await launchBrowser(flags);
  onTestFinished(() => browser.close());
  return openPageIn(browser, options);
}

/** Opens an empty page in a shared browser: it shares nothing with other pages, and closes with the test. */
export async function openPageIn(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options });
  onTestFinished(() => context.close());
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page: await context.newPage(), requests, complaints };
}
