/**
 * Reading Graph's resources at the door: members that we do not know are left out, those that are missing are null, and
 * one of a wrong type is an error that names it. The shapes are those of the v1.0 metadata, in which everything but a
 * key may be null: https://graph.microsoft.com/v1.0/$metadata
 */
import { z } from 'zod';
import { GraphError } from './error.ts';

/** A key: the one member that is never null. */
export const key = z.string().min(1);
/** Edm.String, and Edm.DateTimeOffset too: it stays as printed, with up to seven digits of a second, more than a Date holds. */
export const text = z.string().nullable().default(null);
/** Edm.Boolean. */
export const flag = z.boolean().nullable().default(null);
/** Collection(Edm.String). */
export const texts = z.array(z.string()).nullable().default(null);

/** A complex type or an entity. */
export function complex<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).nullable().default(null);
}

/**
 * An enumeration. Graph's evolve, and what is newer than our list reads `unknownFutureValue`, as Graph itself does for
 * clients that did not ask for more: https://learn.microsoft.com/en-us/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations
 */
export function enumeration<const Member extends string>(...members: Member[]) {
  const known = new Map<string, Member | 'unknownFutureValue'>(members.map((member) => [member.toLowerCase(), member]));
  // Some members are printed with a capital, `Html` for instance.
  return z
    .string()
    .transform((value) => known.get(value.toLowerCase()) ?? 'unknownFutureValue')
    .nullable()
    .default(null);
}

/** Parses one resource of the type that `name` says. Throws a `GraphError` that names the resource and the first wrong member. */
export function readResource<Schema extends z.ZodType>(schema: Schema, name: string, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const member = [name, ...(issue?.path ?? [])].join('.');
  throw new GraphError(
    `Microsoft Graph's ${member} is not what its metadata promises: ${issue?.message ?? 'unreadable'}.`,
    {
      reason: 'malformed',
      cause: parsed.error,
    },
  );
}
