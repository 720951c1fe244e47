/** The modules of the project, and what each imports. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Import {
  readonly specifier: string;
  readonly isType: boolean;
}

/** Every import of a module: types, `export … from` and `import()` too. */
export function importsOf(source: string): Import[] {
  const withClause = /^(?:import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]/gm;
  const forEffect = /^import\s*['"]([^'"]+)['"]/gm;
  const dynamic = /(typeof\s+)?\bimport\s*\(\s*(?:['"]([^'"]+)['"])?/g;
  return [
    ...[...source.matchAll(withClause)].map(([, type, specifier = '']) => ({ specifier, isType: type !== undefined })),
    ...[...source.matchAll(forEffect)].map(([, specifier = '']) => ({ specifier, isType: false })),
    ...[...source.matchAll(dynamic)].map(([, type, specifier = 'unreadable']) => ({
      specifier,
      isType: type !== undefined,
    })),
  ];
}

export interface Module {
  /** Below the folder, `msgraph/error.ts`. */
  readonly path: string;
  readonly source: string;
  readonly imports: readonly (Import & { readonly target: string })[];
}

function targetOf(specifier: string, path: string): string {
  if (specifier.startsWith('.')) return relative('/', resolve('/', dirname(path), specifier));
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Every module below a folder of the project. Throws if there is none: a guard without modules would guard nothing. */
export function modulesBelow(folder: string): Module[] {
  const root = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  if (paths.length === 0) throw new Error(`Expected modules below ${root}, but there is none.`);
  return paths.toSorted().map((path) => {
    const source = readFileSync(join(root, path), 'utf8');
    const imports = importsOf(source)
      .filter(({ specifier }) => !specifier.startsWith('node:'))
      .map((found) => ({ ...found, target: targetOf(found.specifier, path) }));
    return { path, source, imports };
  });
}
