/** The folders of the source, and the imports that are allowed between them. */
import { describe, expect, it } from 'vitest';
import { LEAVES, MAY_IMPORT } from './support/arrows.ts';
import { importsOf, modulesBelow } from './support/modules.ts';
import type { Import, Module } from './support/modules.ts';

/** Generated, so its length is not limited. */
const GENERATED = 'graphql/resolvers.generated.ts';

/** The top-level folder of a module, or the module itself when it is in none. */
function placeOf(path: string): string {
  return path.split('/', 1)[0] ?? path;
}

/** Whether an entry of the table allows this import. */
function covers(entry: string, { target, isType }: Import & { readonly target: string }): boolean {
  const name = entry.replace(/^type /, '');
  return (target === name || target.startsWith(`${name}/`)) && (isType || name === entry);
}

/** The modules along the first circular import; null when there is none. */
function findCycle(modules: readonly Pick<Module, 'path' | 'imports'>[]): string[] | null {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  function walk(path: string, trail: readonly string[]): string[] | null {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const { target } of byPath.get(path)?.imports ?? []) {
      const cycle = byPath.has(target) ? walk(target, [...trail, path]) : null;
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  }
  for (const { path } of modules) {
    const cycle = walk(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

const modules = modulesBelow('src');

describe('The parser of imports in this test', () => {
  it.each([
    ["import { a } from './a.ts';", './a.ts', false],
    ["import a, { b } from 'a';", 'a', false],
    ["import * as a from './a.ts';", './a.ts', false],
    ["import {\n  a,\n  b,\n} from './a.ts';", './a.ts', false],
    ["import { type A } from './a.ts';", './a.ts', false],
    ["import type { A } from './a.ts';", './a.ts', true],
    ["import './a.ts';", './a.ts', false],
    ['import { a } from "./a.ts";', './a.ts', false],
    ["export { a } from './a.ts';", './a.ts', false],
    ["export * from './a.ts';", './a.ts', false],
    ["export type { A } from './a.ts';", './a.ts', true],
    ["const a = await import('./a.ts');", './a.ts', false],
    ["type A = import('./a.ts').A;", './a.ts', false],
    ["type A = typeof import('./a.ts');", './a.ts', true],
    ['const a = await import(name);', 'unreadable', false],
  ])('finds the import in %j', (source, specifier, isType) => {
    expect(importsOf(source)).toEqual([{ specifier, isType }]);
  });

  it('finds every import of a module, and none in its strings', () => {
    const source =
      "import { a } from 'a';\nimport type { B } from 'b';\n\nexport const text = 'import from';\nexport { c } from 'c';\n";
    expect(importsOf(source).map(({ specifier }) => specifier)).toEqual(['a', 'b', 'c']);
  });

  it('finds a circular import, even of types only', () => {
    const circle = ['a', 'b', 'c'].map((path, index, paths) => ({
      path,
      imports: [{ specifier: '', isType: true, target: paths[(index + 1) % 3] ?? '' }],
    }));
    expect(findCycle(circle)).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('The source', () => {
  it('has exactly the folders that are listed', () => {
    expect([...new Set(modules.map(({ path }) => placeOf(path)))].toSorted()).toEqual(
      Object.keys(MAY_IMPORT).toSorted(),
    );
  });

  it('has only the listed imports between folders and from packages', () => {
    const arrows = modules.flatMap(({ path, imports }) => {
      const place = placeOf(path);
      const leaves = place === 'emulator' || LEAVES.includes(place) ? [] : LEAVES;
      const allowed = [place, ...leaves, ...(MAY_IMPORT[place] ?? [])];
      return imports
        .filter((found) => !allowed.some((entry) => covers(entry, found)))
        .map(({ target }) => `${path} -> ${target}`);
    });
    expect(arrows).toEqual([]);
  });

  it('has no circular imports, not even of types', () => {
    expect(findCycle(modules)).toBeNull();
  });

  it('imports only existing modules, by literal names', () => {
    const paths = new Set(modules.map(({ path }) => path));
    const lost = modules.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier, target }) => specifier.startsWith('.') && !paths.has(target))
        .map(({ specifier }) => `${path} -> ${specifier}`),
    );
    expect(lost).toEqual([]);
  });

  it('reads the environment only where the two programs start', () => {
    const readers = modules.filter(({ source }) =>
      /\bprocess\s*(\.|\?\.|\[['"])\s*env\b|\benv\b.*['"](node:)?process['"]/.test(source),
    );
    expect(readers.map(({ path }) => path)).toEqual(['emulator/main.ts', 'start.ts']);
  });

  it('has no default exports', () => {
    expect(
      modules.filter(({ source }) => /^export\s+default\b|\bas\s+default\b/m.test(source)).map(({ path }) => path),
    ).toEqual([]);
  });

  it('has no file that only re-exports', () => {
    const passesOn = /^export\s[^'"`;]*?from\s*['"][^'"]+['"];?$/gm;
    const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
    const barrels = modules.filter(
      ({ source }) =>
        /^export\s+\*/m.test(source) || source.replaceAll(comments, '').replaceAll(passesOn, '').trim() === '',
    );
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });

  it('has no file with a generic name', () => {
    const nothing = /(^|[/-])(common|helpers?|index|misc|shared|types|utils?)\.ts$/;
    expect(modules.filter(({ path }) => nothing.test(path)).map(({ path }) => path)).toEqual([]);
  });

  it('has files of at most 250 lines, as have the tests', () => {
    const long = [...modules, ...modulesBelow('test')].filter(
      ({ path, source }) => path !== GENERATED && source.trimEnd().split('\n').length > 250,
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});
