/** Completes resolved values into the response: https://spec.graphql.org/October2021/#sec-Value-Completion */
import { GraphQLID, GraphQLString, locatedError } from 'graphql';
import type { FieldNode, GraphQLError, GraphQLLeafType, GraphQLResolveInfo } from 'graphql';

/** An object or a list of the response. */
type Container = Record<string, unknown> | unknown[];

/** Sets a value in an object by its key, or in a list by its index. */
export function put(container: Container, key: string | number, value: unknown): void {
  if (!Array.isArray(container)) container[key] = value;
  else if (typeof key === 'number') container[key] = value;
}

function read(container: Container, key: string | number): unknown {
  if (!Array.isArray(container)) return container[key];
  return typeof key === 'number' ? container[key] : undefined;
}

/** The position of an object or a list in the response. */
export interface Place {
  /** The place of the enclosing object or list; null for the root. */
  readonly parent: Place | null;
  readonly container: Container;
  readonly key: string | number;
  /** Whether the value may be null. If not, null propagates to the parent. */
  readonly isNullable: boolean;
  /** The number of unsettled promises directly in it, plus the number of places directly in it that have any. */
  pending: number;
}

/** The position of any value in the response. Only errors need one as an object. */
interface Position {
  readonly parent: Place;
  readonly container: Container;
  readonly key: string | number;
}

type ResponsePath = GraphQLResolveInfo['path'];

/** The state of one execution. */
export interface Execution {
  readonly context: unknown;
  readonly errors: GraphQLError[];
  /** The part of `GraphQLResolveInfo` that is the same for all fields. */
  readonly info: Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'rootValue' | 'operation' | 'variableValues'>;
  /** The arguments of each field of the plan, by the field's number. All objects with the field share them. */
  readonly args: (Readonly<Record<string, unknown>> | undefined)[];
  /** Called when the root is complete: nothing is pending in it, or it is null. */
  readonly done: () => void;
}

/** A field of the plan. For the items of a list there is another with the same name and the items' nullability. */
export interface PlannedField {
  readonly nodes: readonly FieldNode[];
  /** `Type.field`. */
  readonly name: string;
  /** Whether the value may be null. If not, null propagates to the parent. */
  readonly isNullable: boolean;
}

/**
 * Completes a value and puts it into its container. False when null has to propagate to the parent; the error that
 * causes it has been recorded.
 */
export type Complete = (
  execution: Execution,
  value: unknown,
  parent: Place,
  container: Container,
  key: string | number,
) => boolean;

function pathOf({ parent, key }: Position): (string | number)[] {
  const path = [key];
  for (let place = parent; place.parent !== null; place = place.parent) path.push(place.key);
  return path.toReversed();
}

/** The path of a field, as `GraphQLResolveInfo` has it. */
export function responsePath(place: Place, key: string | number, typename: string | undefined): ResponsePath {
  const prev = place.parent === null ? undefined : responsePath(place.parent, place.key, undefined);
  return { prev, key, typename };
}

/** Whether the value at a place or at one of its ancestors is null, so that the response contains nothing below. */
function isNull(from: Place): boolean {
  for (let place: Place | null = from; place !== null; place = place.parent)
    if (read(place.container, place.key) === null) return true;
  return false;
}

/**
 * Sets a value to null and records the error, except below a null ancestor, whose own error has been recorded. Returns
 * what `Complete` does.
 */
export function fail(execution: Execution, error: unknown, field: PlannedField, position: Position): boolean {
  put(position.container, position.key, null);
  if (!isNull(position.parent)) execution.errors.push(locatedError(error, field.nodes, pathOf(position)));
  return field.isNullable;
}

function addPending(from: Place): void {
  for (let place: Place | null = from; place !== null; place = place.parent) {
    place.pending += 1;
    if (place.pending > 1) return;
  }
}

function removePending(execution: Execution, from: Place | null): void {
  for (let place = from; place !== null; place = place.parent) {
    place.pending -= 1;
    if (place.pending > 0) return;
  }
  execution.done();
}

/** Sets a place to null. Promises in it are no longer waited for. */
export function putNull(execution: Execution, place: Place): void {
  put(place.container, place.key, null);
  if (place.pending === 0) return;
  place.pending = 0;
  removePending(execution, place.parent);
}

/** Whether a value is a promise or another thenable. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Ends the wait for one promise. If its value is not complete, the nearest nullable place becomes null. */
function settle(execution: Execution, parent: Place, isComplete: boolean): void {
  if (isComplete) return removePending(execution, parent);
  let place = parent;
  while (!place.isNullable && place.parent !== null) place = place.parent;
  putNull(execution, place);
}

/** Completes the value of a promise when it settles. */
export function completeLater(
  execution: Execution,
  promise: PromiseLike<unknown>,
  complete: Complete,
  field: PlannedField,
  // Not a `Position`: hundreds of promises would keep one each.
  parent: Place,
  container: Container,
  key: string | number,
): void {
  // Reserves the key, so that the fields of the response are in document order.
  put(container, key, null);
  addPending(parent);
  promise.then(
    (value) => {
      // Below null nothing is executed.
      if (isNull(parent)) return undefined;
      let isComplete: boolean;
      try {
        isComplete = complete(execution, value, parent, container, key);
      } catch (error) {
        isComplete = fail(execution, error, field, { parent, container, key });
      }
      return settle(execution, parent, isComplete);
    },
    (error: unknown) =>
      isNull(parent) ? undefined : settle(execution, parent, fail(execution, error, field, { parent, container, key })),
  );
}

/** Wraps `complete`: handles null, undefined and returned errors, and passes on every other value. */
export function orNull(complete: Complete, field: PlannedField): Complete {
  return (execution, value, parent, container, key) => {
    if (value === null || value === undefined) {
      put(container, key, null);
      if (field.isNullable) return true;
      const error = new Error(`Cannot return null for non-nullable field ${field.name}.`);
      return fail(execution, error, field, { parent, container, key });
    }
    if (value instanceof Error) return fail(execution, value, field, { parent, container, key });
    return complete(execution, value, parent, container, key);
  };
}

/** Creates the completion of a scalar or an enumeration. */
export function leaf(type: GraphQLLeafType, field: PlannedField): Complete {
  const isText = type === GraphQLString || type === GraphQLID;
  return (execution, value, parent, container, key) => {
    // A fast path for strings, the most frequent values, whose serialization changes nothing.
    if (isText && typeof value === 'string') {
      put(container, key, value);
      return true;
    }
    try {
      const serialized: unknown = type.serialize(value);
      if (serialized === null || serialized === undefined)
        throw new Error(`The type "${type.name}" has serialized a value to null or undefined.`);
      put(container, key, serialized);
      return true;
    } catch (error) {
      return fail(execution, error, field, { parent, container, key });
    }
  };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** Creates the completion of a list, whose items are completed by `complete`. */
export function list(complete: Complete, field: PlannedField, itemField: PlannedField): Complete {
  const { isNullable } = field;
  return (execution, value, parent, container, key) => {
    if (!isIterable(value)) {
      const error = new Error(`Expected Iterable, but did not find one for field "${field.name}".`);
      return fail(execution, error, field, { parent, container, key });
    }
    const items: unknown[] = [];
    put(container, key, items);
    const place: Place = { parent, container, key, isNullable, pending: 0 };
    let index = 0;
    // An iterator that throws has to do so before anything is pending in the list.
    for (const item of Array.isArray(value) ? value : [...value]) {
      if (isPromise(item)) completeLater(execution, item, complete, itemField, place, items, index);
      else if (!complete(execution, item, place, items, index)) {
        putNull(execution, place);
        return isNullable;
      }
      index += 1;
    }
    return true;
  };
}
