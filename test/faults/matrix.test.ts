import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { printMatrix } from './matrix.ts';

const PAGE = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));

it('docs/faults.md states what the tests of this folder prove; "npm run faults" writes it', async () => {
  const options = await resolveConfig(PAGE);
  await expect(await format(printMatrix(), { ...options, parser: 'markdown' })).toMatchFileSnapshot(PAGE);
});
