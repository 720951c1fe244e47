/**
 * Reading Graph's resources at the door. What Graph sends is checked and then taken as it is, for a reply can have a hundred
 * of them: a member that is missing is undefined, those that we do not know are there too and nobody asks for them, and
 * one of a wrong type is an error that names it. The shapes are those of the v1.0 metadata, in which everything but a key
 * may be null: https://graph.microsoft.com/v1.0/$metadata
 */
import { GraphError } from './error.ts';

/** What a value may be. */
export interface Kind<Value> {
  readonly is: (value: unknown) => value is Value;
  /** In words, for whoever reads that something else came. */
  readonly expected: string;
  /** Every value of this `typeof` is of the kind, so that `is` need not be called. Who narrows `is` leaves it out. */
  readonly typeofName?: 'string' | 'boolean';
  /** What it consists of, to find out what of it is wrong. */
  readonly members?: ReadonlyMap<string, Kind<unknown>>;
  readonly items?: Kind<unknown>;
}

/** A value of a kind. */
export type Of<Some> = Some extends Kind<infer Value> ? Value : never;

type Absent = null | undefined;

const isAbsent = (value: unknown): value is Absent => value === null || value === undefined;

/** Whether a value is an object, and no list: all that can be said of what JSON holds before it is read. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key: the one member that is never null. */
export const key: Kind<string> = {
  expected: 'a text that is not empty',
  is: (value): value is string => typeof value === 'string' && value !== '',
};

/** A text, which is not null. */
const presentText: Kind<string> = { expected: 'a text', is: (value): value is string => typeof value === 'string' };

/** Edm.String, and Edm.DateTimeOffset too: it stays as printed, with up to seven digits of a second, more than a Date holds. */
export const text: Kind<string | Absent> = {
  expected: 'a text or null',
  typeofName: 'string',
  is: (value) => typeof value === 'string' || isAbsent(value),
};

/** A member of an enumeration, as printed. Graph's evolve: what is newer than our schema is told apart where it is answered. */
export const enumeration: Kind<string | Absent> = { ...text, expected: 'a member of an enumeration or null' };

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
      // Of what there could be, most is not there.
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

/** The same, or nothing. */
export function nullable<Value>(kind: Kind<Value>): Kind<Value | Absent> {
  return { ...kind, expected: `${kind.expected} or null`, is: (value) => isAbsent(value) || kind.is(value) };
}

/** A complex type: like an entity, and it may be missing. */
export function complex<Shape extends Readonly<Record<string, Kind<unknown>>>>(
  shape: Shape,
): Kind<{ readonly [Name in keyof Shape]: Of<Shape[Name]> } | Absent> {
  return nullable(entity(shape));
}

/** Where in a value something is wrong, and what. */
function faultOf(value: unknown, { members, items, expected }: Kind<unknown>, place: string): string {
  const parts: [string, unknown, Kind<unknown>][] = [];
  if (items !== undefined && Array.isArray(value))
    for (const [index, item] of value.entries()) parts.push([`${place}.${index}`, item, items]);
  if (members !== undefined && isRecord(value))
    for (const [name, kind] of members) parts.push([`${place}.${name}`, value[name], kind]);
  for (const [where, part, kind] of parts) if (!kind.is(part)) return faultOf(part, kind, where);
  const came = isAbsent(value) ? 'nothing' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  return `Microsoft Graph's ${place} is not what its metadata promises: expected ${expected}, but ${came} came.`;
}

/** A copy of a value of this kind without the members that we do not know, for whoever keeps it: those may hold what is nobody's business. */
export function onlyKnown(value: unknown, { members, items }: Kind<unknown>): unknown {
  if (items !== undefined && Array.isArray(value)) return value.map((item) => onlyKnown(item, items));
  if (members === undefined || !isRecord(value)) return value;
  return Object.fromEntries(Array.from(members, ([name, kind]) => [name, onlyKnown(value[name], kind)]));
}

/** Reads one resource of the type that `name` says. Throws a `GraphError` that names the resource and the first wrong member. */
export function readResource<Value>(kind: Kind<Value>, name: string, value: unknown): Value {
  if (kind.is(value)) return value;
  throw new GraphError(faultOf(value, kind, name), { reason: 'malformed' });
}
