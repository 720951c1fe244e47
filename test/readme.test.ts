/** Checks README.md and the documentation against the code. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDrivenClock } from './support/clock.ts';
import { codeOf, read } from './support/code-of.ts';
import { startGateway } from './support/gateway.ts';
import type { TestGateway } from './support/gateway.ts';

const ROOT = join(import.meta.dirname, '..');

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension))
    .map((path) => join(folder, path));
}

const PAGES = [...readdirSync(ROOT).filter((path) => path.endsWith('.md')), ...filesBelow('docs', '.md')].toSorted();

const manifest = z.object({
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
});
const { dependencies, scripts } = manifest.parse(JSON.parse(read('package.json')));

/** A page without its code blocks and code spans. */
function proseOf(page: string): string {
  return read(page)
    .replaceAll(/^( *)```.*?^\1```$/gms, '')
    .replaceAll(/`[^`\n]*`/g, '');
}

/** The targets of the relative links of a page. */
function relativeLinksOf(page: string): string[] {
  const prose = proseOf(page);
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)].flatMap(
    ([, target = '']) => (/^[a-z]+:/.test(target) ? [] : [target]),
  );
}

/** The anchors of a page's headings: https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links */
function anchorsOf(page: string): string[] {
  const headings = read(page)
    .replaceAll(/^```.*?^```$/gms, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#', 2);
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
}

/** Every npm script that a page names in a command. */
function scriptsNamedIn(page: string): string[] {
  return [...read(page).matchAll(/\bnpm (?:(start|test)\b|run (?:--\S+ )*([a-z][\w:-]*))/g)].map(
    ([, short, long = '']) => short ?? long,
  );
}

function startDemo(): Promise<TestGateway> {
  // On a clock that stands still nothing is late, however busy the machine.
  return startGateway({ tenant: 'demo', settings: { pageSize: 10 }, clock: createDrivenClock(Date.now()) });
}

describe('README.md', () => {
  const [query = ''] = codeOf('README.md', 'graphql');
  const [answer = ''] = codeOf('README.md', 'json');

  it('shows the actual response to its query', async () => {
    const gateway = await startDemo();
    expect(await gateway.query(query)).toEqual(JSON.parse(answer));
  });

  it('has a curl command with the same response, by GET', async () => {
    const command = codeOf('README.md', 'sh').find((code) => code.startsWith('curl')) ?? '';
    const asked = /--data-urlencode 'query=([^']*)'/.exec(command)?.[1] ?? '';
    const gateway = await startDemo();
    const response = await fetch(`${gateway.url}/graphql?${new URLSearchParams({ query: asked }).toString()}`);
    expect(await response.json()).toEqual(JSON.parse(answer));
  });
});

it('docs/content.md queries a recording that the demo has', async () => {
  const gateway = await startDemo();
  const { data } = await gateway.query(codeOf('docs/content.md', 'graphql')[0] ?? '');
  expect(data).toMatchObject({ callRecording: { content: { url: expect.stringContaining('/content/') } } });
});

it.each(['README.md', 'docs/guides/query-from-a-frontend.md'])(
  'The TypeScript of %s prints the output shown below it',
  async (page) => {
    const code = codeOf(page, 'ts').join('\n');
    expect(code).toContain('http://127.0.0.1:4000');
    const gateway = await startDemo();
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module-typescript',
      '--eval',
      code.replaceAll('http://127.0.0.1:4000', gateway.url),
    ]);
    expect(stdout).toBe(codeOf(page, 'text').join(''));
  },
);

describe('The pages of the documentation', () => {
  it('are found and parsed by this test', () => {
    expect(PAGES).toEqual(expect.arrayContaining(['README.md', join('docs', 'architecture.md')]));
    expect(relativeLinksOf('README.md')).toEqual(
      expect.arrayContaining(['docs/errors.md', 'docs/architecture.md#decisions']),
    );
    expect(scriptsNamedIn('README.md')).toEqual(expect.arrayContaining(['start', 'test', 'check', 'emulator']));
  });

  it.each(PAGES)('%s links only to existing files and headings', (page) => {
    expect(relativeLinksOf(page).filter((link) => isBroken(page, link))).toEqual([]);
  });

  it.each(PAGES)('%s names only existing npm scripts', (page) => {
    expect(scriptsNamedIn(page).filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

it('docs/run-for-real.md quotes messages of the gateway as they are', () => {
  const [, rows = ''] = /^### The gateway refuses\n\n(.*?)\n\n/ms.exec(read('docs/run-for-real.md')) ?? [];
  const quoted = [...rows.matchAll(/"([^"]+)"/g)].flatMap(([, message = '']) => message.split(/…|\(`.*`\)/));
  const parts = quoted.map((part) => part.trim()).filter((part) => part !== '');
  const code = filesBelow('src', '.ts')
    .map(read)
    .join('\n')
    .replaceAll(/^ *(?:\/\*\*|\*|\/\/).*$/gm, '');
  expect(parts).toContain('The access token was not accepted');
  expect(parts.filter((part) => !code.includes(part))).toEqual([]);
});

describe('docs/architecture.md', () => {
  const page = read('docs/architecture.md');

  it('names every source file', () => {
    const files = filesBelow('src', '.ts').map((path) => relative('src', path));
    const unnamed = files.filter(
      (path) => !path.startsWith(join('graphql', 'resolvers')) && !page.includes(`\`${path}\``),
    );
    expect(files).toContain('main.ts');
    expect(unnamed).toEqual([]);
  });

  it('names only existing source files', () => {
    const named = [...page.matchAll(/`([a-z]+\/[a-z/.-]+\.ts)`/g)].map(([, path = '']) => path);
    expect(named).toContain('msgraph/client.ts');
    expect(named.filter((path) => !existsSync(join(ROOT, 'src', path)))).toEqual([]);
  });

  it('names only existing functions', () => {
    const code = filesBelow('src', '.ts').map(read).join('\n') + read('schema.graphql');
    const named = [...page.matchAll(/`([a-z]+[A-Z]\w*)`/g)].map(([, name = '']) => name);
    expect(named).toContain('createApp');
    expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  it('links to every decision, which are numbered without gaps', () => {
    const decisions = filesBelow('docs/decisions', '.md').toSorted();
    const links = relativeLinksOf('docs/architecture.md').map((link) => join('docs', link));
    expect(decisions.map((path) => relative('docs/decisions', path).slice(0, 4))).toEqual(
      decisions.map((_, index) => String(index + 1).padStart(4, '0')),
    );
    expect(decisions.filter((path) => !links.includes(path))).toEqual([]);
  });
});

it('docs/decisions has a row for every dependency', () => {
  const page = read('docs/decisions/0020-dependencies.md');
  expect(Object.keys(dependencies).filter((name) => !page.includes(`| \`${name}\``))).toEqual([]);
});
