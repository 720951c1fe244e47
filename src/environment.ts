/** Parses the environment, variable by variable. */
import { z } from 'zod';
import { looksSecret } from './variables/file.ts';
import { meantBy } from './variables/misspelling.ts';
import type { Variable } from './variables/variable.ts';
import { variables } from './variables/variables.ts';
import type { Name } from './variables/variables.ts';

const environment = z.object(variables);

/** The value of each variable: parsed from the environment, or its default. */
export type Values = z.output<typeof environment>;

/** The fault of each invalid variable: the rest of a sentence that begins with its name. */
export type Faults = Map<Name, string>;

export interface Environment {
  /** A faulty variable has the value that it has when it is not set. */
  readonly values: Values;
  /** The names of the variables that are set, faulty or not. An empty variable counts as not set. */
  readonly given: ReadonlySet<string>;
  readonly faults: Faults;
}

/** Whether a value may be a secret that was assigned to the wrong variable. */
function mayBeSecret(value: string, env: NodeJS.ProcessEnv): boolean {
  const secrets = Object.entries<Variable>(variables).flatMap(([name, { secret }]) =>
    secret ? (env[name] ?? '') : '',
  );
  return secrets.some((secret) => secret !== '' && value.includes(secret)) || looksSecret(value);
}

/**
 * Finds the names in the environment that are one typo away from a variable that is not set, each with the variable that
 * was probably meant. They have no effect; empty ones are left out.
 */
export function findMisspelled(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const unset = Object.keys(variables).filter((name) => (env[name] ?? '') === '');
  const strange = Object.keys(env).filter((name) => !Object.hasOwn(variables, name) && env[name] !== '');
  return new Map(
    strange.flatMap((written) => {
      const meant = meantBy(written, unset);
      return meant === undefined ? [] : [[written, meant] as const];
    }),
  );
}

/** Parses the environment. Invalid values do not throw; they are named in `faults`, sorted by variable. */
export function parseEnvironment(env: NodeJS.ProcessEnv): Environment {
  const texts = new Map(Object.entries(env).filter(([name, text]) => Object.hasOwn(variables, name) && text !== ''));
  const given = new Set(texts.keys());
  const parsed = environment.safeParse(Object.fromEntries(texts));
  if (parsed.success) return { values: parsed.data, given, faults: new Map() };
  const faults: Faults = new Map();
  for (const issue of parsed.error.issues) {
    const name = environment.keyof().parse(issue.path[0]);
    const { expected, remedy, secret }: Variable = variables[name];
    const isPrintable = !secret && !mayBeSecret(env[name] ?? '', env);
    const came = isPrintable ? JSON.stringify(env[name]) : 'another value (hidden, because it may be a secret)';
    const reason: unknown = issue.code === 'custom' ? issue.params?.['reason'] : undefined;
    const why = typeof reason === 'string' && !mayBeSecret(reason, env) ? `: ${reason}` : '.';
    faults.set(name, `expected ${expected}, but got ${came}${why}${remedy === undefined ? '' : ` ${remedy}`}`);
    texts.delete(name);
  }
  const sorted = [...faults].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { values: environment.parse(Object.fromEntries(texts)), given, faults: new Map(sorted) };
}
