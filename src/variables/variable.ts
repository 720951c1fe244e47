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

/** The schema and the words of a whole number in decimal digits within bounds, both included. */
export const whole = (from: number, to: number, noun = 'a whole number') => ({
  schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(from).max(to)),
  expected: `${noun} from ${from} to ${to}`,
});

interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly default: number;
}

/** A variable that is a whole number. */
export function wholeNumber({ from, to, ...rest }: Bounds, does: string, noun?: string): Variable<number> {
  return defaulted({ ...whole(from, to, noun), ...rest, does });
}

/** The schema and the words of "true" or "false". */
export const trueOrFalse = {
  schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
  expected: 'true or false',
};

/** A variable that is true or false. */
export function yesOrNo(choice: { readonly default: boolean }, does: string): Variable<boolean> {
  return defaulted({ ...trueOrFalse, ...choice, does });
}

/** Alternatives in words: "a, b or c". */
export function either(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** A variable that is one of the given values. */
export function oneOf<const Value extends string>(
  choice: { readonly values: readonly Value[]; readonly default: NoInfer<Value> },
  does: string,
): Variable<Value> {
  return defaulted<Value>({
    schema: z.literal(choice.values),
    expected: either(choice.values),
    default: choice.default,
    does,
  });
}

/** The schema of a text that is split at each comma, without the white space around the items. */
export const list = z.string().transform((text) => text.split(',').map((item) => item.trim()));
