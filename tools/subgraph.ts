/**
 * Publishes the schema of the subgraph, as a router reads it, into the repository. `npm run schema` writes it. `--
 * --check` only checks that the written file is current. `-- --release` also makes it the release that later versions
 * are compared with. Exits with 1 on a difference or a wrong argument.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { printSubgraph } from '../src/graphql/schema/schema.ts';

const PUBLISHED = new URL('../docs/subgraph.graphql', import.meta.url);
const RELEASED = new URL('../docs/subgraph.released.graphql', import.meta.url);

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

const [, , option, ...others] = process.argv;
if (others.length > 0 || (option !== undefined && option !== '--check' && option !== '--release'))
  refuse(`The arguments "${[option, ...others].join(' ')}" are not supported. Use --check, --release, or no argument.`);

const sdl = await printSubgraph();
if (option === '--check') {
  if (readFileSync(PUBLISHED, 'utf8') !== sdl)
    refuse(
      'docs/subgraph.graphql differs from the schema that the gateway serves. Run "npm run schema" and commit the file.',
    );
} else {
  writeFileSync(PUBLISHED, sdl);
  if (option === '--release') writeFileSync(RELEASED, sdl);
}
