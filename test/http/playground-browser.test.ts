import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { exampleOperations } from '../../src/graphql/example-operations.ts';
import { createApp } from '../../src/http/app.ts';
import { registerPlayground } from '../../src/http/pages/playground.ts';
import { readVersion } from '../../src/version.ts';
import { browserNote, findBrowser, openPage } from '../support/browser.ts';
import { named } from '../support/example-operation.ts';
import { startGateway } from '../support/gateway.ts';

const open = { tenant: 'demo', settings: { pageSize: 10 }, config: { playground: true } } as const;

describe.skipIf(findBrowser() === null)(`the playground in a browser (${browserNote})`, () => {
  it('shows its title, runs an operation, and sends requests only to the gateway', async () => {
    const gateway = await startGateway(open);
    const { page, requests, complaints } = await openPage();

    await page.goto(gateway.url);
    const title = page.getByText(`Call recordings ${readVersion()} over an emulator`);
    await title.waitFor();
    await page.getByRole('button', { name: 'Execute query' }).click();
    await page.locator('.result-window').getByText('"Nkechi Adebayo-Lund"').first().waitFor();

    expect(new Set(requests.map((url) => new URL(url).origin))).toEqual(new Set([gateway.url]));
    expect(complaints).toEqual([]);
  });

  it('shows a recording as it is added', async () => {
    const gateway = await startGateway({ ...open, control: true });
    const { page, complaints } = await openPage();
    const meeting = gateway.emulator.tenant.meetings.find(
      ({ organizerId }) => organizerId === gateway.emulator.tenant.users[0]?.id,
    );

    await page.goto(gateway.url);
    await page
      .locator('.graphiql-tab-button')
      .getByText('Live')
      .click({ position: { x: 10, y: 10 } });
    await page.locator('.graphiql-query-editor').getByText('Live', { exact: true }).waitFor();
    // GraphiQL takes up the operation of another tab a moment after it shows it, and stores it then.
    await page.waitForFunction(() => localStorage.getItem('graphiql:query')?.includes('subscription Live'));
    await page.getByRole('button', { name: 'Execute query' }).click();
    const answer = page.locator('.result-window');
    await answer.getByText('"token"').waitFor();
    const added = await fetch(`${gateway.emulator.url}/emulator/recordings`, {
      method: 'POST',
      body: JSON.stringify({ meetingId: meeting?.id }),
    });

    expect(added.status).toBe(201);
    await answer.getByText(`"${meeting?.subject}"`).waitFor();
    expect(complaints).toEqual([]);
  });

  it('opens each example with one click', async () => {
    const gateway = await startGateway(open);
    const { page } = await openPage();

    await page.goto(gateway.url);
    for (const { name } of named(exampleOperations).toReversed()) {
      await page
        .locator('.graphiql-tab-button')
        .getByText(name)
        .click({ position: { x: 10, y: 10 } });
      await page.locator('.graphiql-query-editor').getByText(name, { exact: true }).waitFor();
      expect(await page.locator('.graphiql-tab-active').innerText()).toBe(name);
    }
  });

  it('has the same tabs on the next visit', async () => {
    const gateway = await startGateway(open);
    const { page } = await openPage();
    const tabs = page.locator('.graphiql-tab-button');

    await page.goto(gateway.url);
    await page.waitForFunction(() => localStorage.getItem('graphiql:tabState'));
    await page.reload();
    await tabs.last().waitFor();

    expect(await tabs.allInnerTexts()).toEqual(named(exampleOperations).map(({ name }) => name));
  });

  it('shows the descriptions of the schema, and completes fields', async () => {
    const gateway = await startGateway(open);
    const { page, complaints } = await openPage();
    const description = buildSchema(readFileSync('schema.graphql', 'utf8'), { assumeValid: true })
      .getQueryType()
      ?.getFields()['onlineMeeting']?.description;

    await page.goto(gateway.url);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const explorer = page.locator('.graphiql-doc-explorer');
    await explorer.getByText('Query', { exact: true }).click();
    await explorer.getByText(description ?? 'no description').waitFor();
    await page.locator('.graphiql-query-editor').getByText('createdDateTime', { exact: true }).click();
    await page.keyboard.press('End');
    await page.keyboard.type(' recordingC');
    await page.locator('.suggest-widget').getByText('recordingContentUrl').first().waitFor();

    expect(complaints).toEqual([]);
  });

  it('has one column on a phone, and escapes its title', async () => {
    const app = createApp(pino({ level: 'silent' }), systemClock);
    onTestFinished(() => app.close());
    const title =
      '<i>Recordings</i> & "more" over </script> https://graph.example.com/a-rather-long-address/for-a-title';
    registerPlayground(app, { title, operations: exampleOperations });
    const { page } = await openPage({ viewport: { width: 390, height: 844 }, isMobile: true });

    await page.goto(await app.listen({ host: '127.0.0.1', port: 0 }));
    await page.getByText(title).waitFor();

    expect(await page.title()).toBe(title);
    const [editor, answer] = await Promise.all(
      ['.graphiql-editors', '.graphiql-response'].map((part) => page.locator(part).boundingBox()),
    );
    expect(editor?.width).toBeGreaterThan(250);
    expect(answer?.y).toBeGreaterThanOrEqual((editor?.y ?? 0) + (editor?.height ?? 0));
  });
});
