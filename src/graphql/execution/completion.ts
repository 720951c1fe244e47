/** How values become what is answered: https://spec.graphql.org/October2021/#sec-Value-Completion */
import { GraphQLID, GraphQLString, locatedError } from 'graphql';
import type { FieldNode, GraphQLError, GraphQLLeafType, GraphQLResolveInfo } from 'graphql';

/** What is filled: an object or a list of the answer. */
type Container = Record<string, unknown> | unknown[];

/** Puts a value into an object under its key, or into a list at its index. */
export function put(container: Container, key: string | number, value: unknown): void {
  if (!Array.isArray(container)) container[key] = value;
  else if (typeof key === 'number') container[key] = value;
}

function read(container: Container, key: string | number): unknown {
  if (!Array.isArray(container)) return container[key];
  return typeof key === 'number' ? container[key] : undefined;
}

/** Where in the answer a value stands that has others in it. */
export interface Place {
  /** The place around it; null for the answer itself. */
  readonly parent: Place | null;
  readonly container: Container;
  readonly key: string | number;
  /** Whether null may stand there; else it has to stand further up. */
  readonly isNullable: boolean;
}

type ResponsePath = GraphQLResolveInfo['path'];

/** One execution, as far as it has come. */
export interface Execution {
  readonly context: unknown;
  readonly errors: GraphQLError[];
  /** What resolvers are told besides, but the path. */
  readonly info: Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'rootValue' | 'operation' | 'variableValues'>;
  /** The arguments of each field of the plan, by its number: the same for every object that has it. */
  readonly args: (Readonly<Record<string, unknown>> | undefined)[];
  /** How many values are still to come. */
  pending: number;
  /** Called when none is, or null stands for all. */
  done: () => void;
}

/** The field that a value is of, for what is to be said of it. */
export interface FieldName {
  readonly nodes: readonly FieldNode[];
  /** `Type.field`. */
  readonly name: string;
}

/**
 * Puts a value where it belongs, completed. False when null has to stand further up, because it cannot stand there; the error that is
 * to blame has been noted.
 */
export type Complete = (
  execution: Execution,
  value: unknown,
  parent: Place,
  container: Container,
  key: string | number,
) => boolean;

function pathOf(parent: Place, key: string | number): (string | number)[] {
  const path = [key];
  for (let place = parent; place.parent !== null; place = place.parent) path.push(place.key);
  return path.toReversed();
}

/** The path of a field, as resolvers are told it. */
export function responsePath(place: Place, key: string | number, typename: string | undefined): ResponsePath {
  const prev = place.parent === null ? undefined : responsePath(place.parent, place.key, undefined);
  return { prev, key, typename };
}

/** Whether null has come to stand at a place or further up, so that nothing in it is answered. */
function isNull(from: Place): boolean {
  for (let place: Place | null = from; place !== null; place = place.parent)
    if (read(place.container, place.key) === null) return true;
  return false;
}

/** Notes what has gone wrong at a place, which then is null; nothing where no place is left: what made it null has been noted. */
export function fail(
  execution: Execution,
  error: unknown,
  { nodes }: FieldName,
  parent: Place,
  container: Container,
  key: string | number,
): void {
  put(container, key, null);
  if (!isNull(parent)) execution.errors.push(locatedError(error, nodes, pathOf(parent, key)));
}

/** Puts null as far up from a place, and in it, as it may stand. Where that is the top nothing else is waited for. */
function putNull(execution: Execution, from: Place): void {
  let place = from;
  while (!place.isNullable && place.parent !== null) place = place.parent;
  put(place.container, place.key, null);
  if (place.parent === null) execution.done();
}

/** Whether a value is one to come. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** One value less is to come. Where null cannot stand in its place, that has to stand further up. */
function end(execution: Execution, parent: Place, isComplete: boolean): void {
  if (!isComplete) putNull(execution, parent);
  execution.pending -= 1;
  if (execution.pending === 0) execution.done();
}

/** Completes a value when it has come. */
export function completeLater(
  execution: Execution,
  value: PromiseLike<unknown>,
  complete: Complete,
  field: FieldName,
  parent: Place,
  container: Container,
  key: string | number,
  isNullable: boolean,
): void {
  // The order of the answer is that of the document, whatever comes first.
  put(container, key, null);
  execution.pending += 1;
  value.then(
    (come) => {
      let isComplete = isNullable;
      try {
        isComplete = complete(execution, come, parent, container, key);
      } catch (error) {
        fail(execution, error, field, parent, container, key);
      }
      return end(execution, parent, isComplete);
    },
    (error: unknown) => {
      fail(execution, error, field, parent, container, key);
      return end(execution, parent, isNullable);
    },
  );
}

/** Completes what is there, as `complete` does, where it is neither null nor an error. */
export function orNull(complete: Complete, field: FieldName, isNullable: boolean): Complete {
  return (execution, value, parent, container, key) => {
    if (value === null || value === undefined) {
      put(container, key, null);
      if (isNullable) return true;
      const error = new Error(`Cannot return null for non-nullable field ${field.name}.`);
      fail(execution, error, field, parent, container, key);
      return false;
    }
    if (value instanceof Error) {
      fail(execution, value, field, parent, container, key);
      return isNullable;
    }
    return complete(execution, value, parent, container, key);
  };
}

/** Completes a scalar or a member of an enumeration. */
export function leaf(type: GraphQLLeafType, field: FieldName, isNullable: boolean): Complete {
  const isText = type === GraphQLString || type === GraphQLID;
  return (execution, value, parent, container, key) => {
    // Most of what is answered is text, which stays as it is.
    if (isText && typeof value === 'string') {
      put(container, key, value);
      return true;
    }
    try {
      const serialized: unknown = type.serialize(value);
      if (serialized === null || serialized === undefined)
        throw new Error(`Expected a value of the type ${type.name}, but none came.`);
      put(container, key, serialized);
      return true;
    } catch (error) {
      fail(execution, error, field, parent, container, key);
      return isNullable;
    }
  };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** Completes a list, each item by `complete`. */
export function list(complete: Complete, field: FieldName, isNullable: boolean, isItemNullable: boolean): Complete {
  return (execution, value, parent, container, key) => {
    if (!isIterable(value)) {
      const error = new Error(`Expected Iterable, but did not find one for field "${field.name}".`);
      fail(execution, error, field, parent, container, key);
      return isNullable;
    }
    const items: unknown[] = [];
    put(container, key, items);
    const place: Place = { parent, container, key, isNullable };
    let index = 0;
    for (const item of value) {
      if (isPromise(item)) completeLater(execution, item, complete, field, place, items, index, isItemNullable);
      else if (!complete(execution, item, place, items, index)) {
        put(container, key, null);
        return isNullable;
      }
      index += 1;
    }
    return true;
  };
}
