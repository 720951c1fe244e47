import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Variable } from '../src/variables/variable.ts';
import { variables } from '../src/variables/variables.ts';

/** The rows of the table in the documentation, cell by cell. */
function documentedVariables(): string[][] {
  const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');
  return page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('docs/configuration.md', () => {
  it('lists every variable with its allowed values, its default and its effect', () => {
    expect(documentedVariables()).toEqual(
      Object.entries<Variable>(variables).map(([name, { expected, unset, does }]) => [
        `\`${name}\``,
        expected,
        unset,
        does,
      ]),
    );
  });
});
