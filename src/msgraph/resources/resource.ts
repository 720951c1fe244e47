/**
 * Validates Graph's resources. A resource is checked and then used as it is, not copied, because a reply can have a
 * hundred of them. A missing member is undefined, unknown members remain and are ignored, and one of a wrong type is an
 * error that names it. The shapes are those of the v1.0 metadata, in which everything except a key may be null:
 * https://graph.microsoft.com/v1.0/$metadata
 */
import { isRecord } from '../../record.ts';
import { GraphError } from '../error.ts';

/** Kind: the validator of a type. */
export interface Kind<Value> {
  readonly is: (value: unknown) => value is Value;
  /** The type in words, for error messages. */
  readonly expected: string;
  /** Every value of this `typeof` is valid, so `is` need not be called. A narrower `is` leaves it out. */
  readonly typeofName?: 'string' | 'boolean';
  /** The kinds of its parts, to find the one that is wrong. */
  readonly members?: ReadonlyMap<string, Kind<unknown>>;
  readonly items?: Kind<unknown>;
}

/** The type of a kind's values. */
export type Of<Some> = Some extends Kind<infer Value> ? Value : never;

type Absent = null | undefined;

const isAbsent = (value: unknown): value is Absent => value === null || value === undefined;

/** A key: the one member that is never null. */
export const key: Kind<string> = {
  expected: 'a non-empty string',
  is: (value): value is string => typeof value === 'string' && value !== '',
};

/** A text that is not null. */
const presentText: Kind<string> = { expected: 'a string', is: (value): value is string => typeof value === 'string' };

/** Edm.String, and Edm.DateTimeOffset as Graph wrote it: up to seven digits of a second, more than a Date holds. */
export const text: Kind<string | Absent> = {
  expected: 'a string or null',
  typeofName: 'string',
  is: (value) => typeof value === 'string' || isAbsent(value),
};

/** A member of an enumeration, as Graph wrote it. Those newer than our schema are recognized when resolved. */
export const enumeration: Kind<string | Absent> = { ...text, expected: 'an enumeration value or null' };

/** Edm.Boolean. */
export const flag: Kind<boolean | Absent> = {
  expected: 'true, false or null',
  typeofName: 'boolean',
  is: (value) => typeof value === 'boolean' || isAbsent(value),
};

/** A collection. */
export function collection<Item>(items: Kind<Item>): Kind<readonly Item[] | Absent> {
  return {
    expected: 'a list or null',
    items,
    is: (value): value is readonly Item[] | Absent => (Array.isArray(value) ? value.every(items.is) : isAbsent(value)),
  };
}

/** Collection(Edm.String). */
export const texts = collection(presentText);

/** An entity: an object with members of these kinds. */
export function entity<Shape extends Readonly<Record<string, Kind<unknown>>>>(
  shape: Shape,
): Kind<{ readonly [Name in keyof Shape]: Of<Shape[Name]> }> {
  const kinds = Object.entries(shape);
  const members = new Map(kinds);
  const required = kinds.filter(([, { is }]) => !is(undefined));
  return {
    expected: 'an object',
    members,
    is(value): value is { readonly [Name in keyof Shape]: Of<Shape[Name]> } {
      if (!isRecord(value)) return false;
      for (const [name] of required) if (!(name in value)) return false;
      // Over the value and not the shape, because most members are missing.
      for (const name in value) {
        const kind = members.get(name);
        if (kind === undefined) continue;
        const member = value[name];
        if (typeof member !== kind.typeofName && !kind.is(member)) return false;
      }
      return true;
    },
  };
}

/** A kind that may also be missing or null. */
export function nullable<Value>(kind: Kind<Value>): Kind<Value | Absent> {
  return { ...kind, expected: `${kind.expected} or null`, is: (value) => isAbsent(value) || kind.is(value) };
}

/** A complex type: like an entity, but it may be missing or null. */
export function complex<Shape extends Readonly<Record<string, Kind<unknown>>>>(
  shape: Shape,
): Kind<{ readonly [Name in keyof Shape]: Of<Shape[Name]> } | Absent> {
  return nullable(entity(shape));
}

/** The message that names the first wrong part of a value. */
function faultOf(value: unknown, { members, items, expected }: Kind<unknown>, path: string): string {
  const parts: [string, unknown, Kind<unknown>][] = [];
  if (items !== undefined && Array.isArray(value))
    for (const [index, item] of value.entries()) parts.push([`${path}.${index}`, item, items]);
  if (members !== undefined && isRecord(value))
    for (const [name, kind] of members) parts.push([`${path}.${name}`, value[name], kind]);
  for (const [where, part, kind] of parts) if (!kind.is(part)) return faultOf(part, kind, where);
  const came = isAbsent(value) ? 'no value' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  return `Microsoft Graph returned an invalid ${path}: expected ${expected}, but got ${came}.`;
}

/** Copies a value of this kind without unknown members, to store it: they may hold confidential data. */
export function onlyKnown(value: unknown, { members, items }: Kind<unknown>): unknown {
  if (items !== undefined && Array.isArray(value)) return value.map((item) => onlyKnown(item, items));
  if (members === undefined || !isRecord(value)) return value;
  return Object.fromEntries(Array.from(members, ([name, kind]) => [name, onlyKnown(value[name], kind)]));
}

/** Reads one resource, called `name` in errors. Throws a `GraphError` that names it and the first wrong member. */
export function readResource<Value>(kind: Kind<Value>, name: string, value: unknown): Value {
  if (kind.is(value)) return value;
  throw new GraphError(faultOf(value, kind, name), { reason: 'malformed' });
}
