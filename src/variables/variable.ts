/** One environment variable: the schema of its value, which carries its description. */
import { z } from 'zod';

export interface Description {
  /** What a fault says was expected. */
  readonly expected: string;
  /** The last sentence of a fault: how to get a valid value. */
  readonly remedy?: string;
  /** What applies when the variable is not set. */
  readonly unset: string;
  readonly does: string;
  /** Whether its value may not be printed. */
  readonly secret?: true;
}

/** A schema with the description of its variable. It also parses undefined, which stands for an unset variable. */
export type Variable<Value = unknown> = z.ZodType<Value> & Description;

type Words = Omit<Description, 'expected' | 'unset'>;
type Entry<Value> = Omit<Description, 'unset'> & { readonly unset?: string; readonly schema: z.ZodType<Value> };

/** A variable that is undefined when it is not set. `unset` is "none" unless given. */
export function optional<Value>({ schema, unset = 'none', ...words }: Entry<Value>): Variable<Value | undefined> {
  return Object.assign(schema.optional(), { unset, ...words });
}

/** A variable with a default, from which `unset` is derived unless given. */
export function defaulted<Value>({
  schema,
  default: value,
  unset = `\`${String(value)}\``,
  ...words
}: Entry<Value> & { readonly default: Value }): Variable<Value> {
  return Object.assign(
    schema.optional().transform((given) => given ?? value),
    { unset, ...words },
  );
}

/** A whole number in decimal digits within bounds, both included. */
export const whole = (from: number, to: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(from).max(to));

/** A variable that is a whole number; `noun` names it in faults. */
export function wholeNumber({
  from,
  to,
  noun = 'a whole number',
  ...rest
}: Words & { from: number; to: number; noun?: string; default: number }): Variable<number> {
  return defaulted({ schema: whole(from, to), expected: `${noun} from ${from} to ${to}`, ...rest });
}

/** The schema and the words of "true" or "false". */
export const trueOrFalse = {
  schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
  expected: 'true or false',
};

/** A variable that is true or false. */
export function yesOrNo(words: Words & { default: boolean }): Variable<boolean> {
  return defaulted({ ...trueOrFalse, ...words });
}

/** Alternatives in words: "a, b or c". */
export function either(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** A variable that is one of the given values. */
export function oneOf<const Value extends string>({
  values,
  ...rest
}: Words & { values: readonly Value[]; default: NoInfer<Value> }): Variable<Value> {
  return defaulted<Value>({ schema: z.literal(values), expected: either(values), ...rest });
}

/** The schema of a text that is split at each comma. */
export const list = z.string().transform((text) => text.split(','));
