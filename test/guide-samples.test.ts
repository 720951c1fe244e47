/** Runs the JavaScript of the guide for frontends, as a reader would who has copied it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { demoOrganizerId } from '../src/graphql/example-operations.ts';
import { browserNote, findBrowser, openPage } from './support/browser.ts';
import { createDrivenClock } from './support/clock.ts';
import { codeOf } from './support/code-of.ts';
import { at, startGateway } from './support/gateway.ts';

/** The block of JavaScript that contains this text. */
function sampleWith(text: string): string {
  const samples = codeOf('docs/guides/query-from-a-frontend.md', 'js');
  return samples.find((code) => code.includes(text)) ?? '';
}

it('The sample that subscribes starts over when a restarted gateway cannot read its token', async () => {
  const gateway = await startGateway({ tenant: 'demo' });
  const code = sampleWith('createClient').replaceAll('http://127.0.0.1:4000', gateway.url);
  const sample = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void sample.kill());
  /** Resolves with the first line with this text that the sample prints from now on. */
  const lineWith = (output: typeof sample.stdout, text: string): Promise<string> =>
    new Promise((resolve) => {
      createInterface(output).on('line', (line) => line.includes(text) && resolve(line));
    });

  await lineWith(sample.stdout, 'added: []');
  await gateway.close();
  // With another key, as after any restart without SEALING_KEYS.
  const { port } = new URL(gateway.url);
  const refused = lineWith(sample.stderr, 'BAD_USER_INPUT');
  const begun = lineWith(sample.stdout, 'added: [');
  await startGateway({ emulator: gateway.emulator, config: { port: Number(port) } });
  expect(await refused).toContain('code');
  expect(await begun).not.toContain('[]');
});

it.skipIf(findBrowser() === null)(
  `The sample that plays seeks with another link when the first has expired (${browserNote})`,
  async () => {
    const clock = createDrivenClock(Date.now());
    const gateway = await startGateway({ tenant: 'demo', clock });
    const { page, requests } = await openPage({}, ['--mute-audio', '--autoplay-policy=no-user-gesture-required']);
    await page.exposeFunction('askForLink', async () => {
      const { data } = await gateway.query(
        'query ($id: ID!) { callRecordings(meetingOrganizerId: $id, first: 1) { nodes { content { url expirationDateTime } } } }',
        { id: demoOrganizerId },
      );
      return at(data, 'callRecordings.nodes.0.content');
    });
    await page.setContent('<video></video>');
    await page.addScriptTag({ content: `${sampleWith('function play')}; play(document.querySelector('video'));` });
    await page.waitForFunction(`document.querySelector('video').currentTime > 0`);

    clock.advance(16 * 60_000);
    await page.clock.setFixedTime(clock.now());
    await page.evaluate(`document.querySelector('video').currentTime = 2000`);
    await page.waitForFunction(`document.querySelector('video').currentTime > 2000`);

    const links = requests.filter((url) => url.startsWith(`${gateway.url}/content/`));
    expect(new Set(links).size).toBe(2);
    // Chromium would try the expired link thirty times before it reports an error.
    expect(gateway.logged().split('"status":403').length - 1).toBeLessThan(5);
  },
);
