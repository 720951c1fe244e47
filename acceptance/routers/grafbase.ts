/** Grafbase Gateway, a program written in Rust, which composes the subgraphs itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findFreePort } from '../../test/support/free-port.ts';
import { createFolder } from '../../test/support/process.ts';
import type { Subgraph } from '../composition.ts';
import type { Supergraph } from '../supergraph.ts';
import { FORWARDED } from './router.ts';
import type { Router } from './router.ts';

const PACKAGE = '@grafbase/cli-x86_64-unknown-linux-musl';

/** Its parser rejects a schema description: https://spec.graphql.org/October2021/#SchemaDefinition */
function withoutDescription(sdl: string): string {
  return sdl.replace(/^"""[^"]*"""\s*(?=schema\b)/, '');
}

function configurationOf(subgraphs: readonly Subgraph[]): string {
  return [
    '[graph]\npath = "/graphql"',
    ...FORWARDED.map((name) => `[[headers]]\nrule = "forward"\nname = "${name}"`),
    ...subgraphs.map(({ name, url }) => `[subgraphs.${name}]\nurl = "${url}"\nschema_path = "${name}.graphql"`),
  ].join('\n\n');
}

/** Starts it over the subgraphs. It ends with the test. */
export async function startGrafbase({ subgraphs }: Supergraph): Promise<Router> {
  const folder = await createFolder();
  const configuration = join(folder, 'grafbase.toml');
  await writeFile(configuration, configurationOf(subgraphs));
  for (const { name, sdl } of subgraphs) await writeFile(join(folder, `${name}.graphql`), withoutDescription(sdl));
  const port = await findFreePort();
  const program = createRequire(import.meta.url).resolve(`${PACKAGE}/grafbase`);
  const child = spawn(program, ['dev', '--config', configuration, '--listen-address', `127.0.0.1:${port}`], {
    cwd: folder,
    // It unpacks its playground into the home folder.
    env: { HOME: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  await new Promise<void>((resolve, reject) => {
    let output = '';
    const read = (chunk: string): void => {
      output += chunk;
      if (output.includes('/graphql')) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    void exit.then(() => reject(new Error(`Expected it to listen, but it ended: ${output}`)));
  });
  return { url: `http://127.0.0.1:${port}` };
}
