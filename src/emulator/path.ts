/** Parses the URLs of Graph, and encodes keys for them. */
import { badRequest, notFound } from './graph-error.ts';

/** A parsed Graph URL: the resource, its keys, the function's parameters and the query options. */
export interface GraphPath {
  readonly version: 'v1.0' | 'beta';
  /** Names in lower case with `{}` for each key: `users/{}/onlinemeetings/{}/recordings`. */
  readonly shape: string;
  /** The keys in their order, decoded. */
  readonly keys: readonly string[];
  /** The parameters of the function, by names in lower case, with aliases replaced by their values. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The query options, by names in lower case without `$`. */
  readonly query: ReadonlyMap<string, string>;
}

interface Segment {
  readonly name: string;
  readonly argument: string | undefined;
}

const collections = new Set(['users', 'onlinemeetings', 'recordings', 'subscriptions']);
const functions = new Set(['getallrecordings', 'delta']);

/**
 * Parses path and query as in the request line. The path is first split at its slashes, then each segment is
 * percent-decoded once, so that a key may hold anything, dots and slashes too. Both forms of a key are accepted,
 * `users/{id}` and `users('{id}')`
 * (https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html). Throws a GraphError when
 * it is no Graph URL.
 */
export function parsePath(target: string): GraphPath {
  const { rawPath, rawQuery } = splitTarget(target);
  const query = parseQuery(rawQuery);
  const [empty, version, ...rawSegments] = rawPath.split('/');
  if (rawSegments.at(-1) === '') {
    rawSegments.pop();
  }
  if (empty !== '' || (version !== 'v1.0' && version !== 'beta')) {
    throw badRequest(`Invalid version: ${version ?? ''}.`);
  }
  return { version, query, ...walk(rawSegments, query) };
}

/** Parses the `resource` of a subscription, a path without a version. Throws a GraphError when it is none. */
export function parseResource(resource: string): GraphPath {
  return parsePath(`/v1.0/${resource.replace(/^\//, '')}`);
}

/** Splits path from query, both still encoded. */
export function splitTarget(target: string): { readonly rawPath: string; readonly rawQuery: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { rawPath: target, rawQuery: '' }
    : { rawPath: target.slice(0, mark), rawQuery: target.slice(mark + 1) };
}

/** A key as one segment of a URL. Graph does not encode the `=` at the end of most recording ids. */
export function encodeSegment(key: string): string {
  return encodeURIComponent(key).replaceAll('%3D', '=');
}

/** A key in parentheses, `('…')`. */
export function quoteKey(key: string): string {
  return `('${encodeSegment(key.replaceAll("'", "''"))}')`;
}

function walk(
  rawSegments: readonly string[],
  query: ReadonlyMap<string, string>,
): Omit<GraphPath, 'version' | 'query'> {
  const shape: string[] = [];
  const keys: string[] = [];
  let parameters: ReadonlyMap<string, string> = new Map();
  for (let place = 0; place < rawSegments.length; place += 1) {
    const { name, argument } = parseSegment(decode(rawSegments[place] ?? ''));
    shape.push(name);
    if (functions.has(name)) {
      parameters = argument === undefined ? parameters : parseParameters(argument, query);
      continue;
    }
    if (argument !== undefined) {
      keys.push(unquote(argument) ?? fail(`The key ${argument} is not a quoted string.`));
      shape.push('{}');
      continue;
    }
    const next = rawSegments[place + 1];
    if (collections.has(name) && next !== undefined && !(name === 'onlinemeetings' && isFunction(decode(next)))) {
      keys.push(decode(next));
      shape.push('{}');
      place += 1;
    }
  }
  return { shape: shape.join('/'), keys, parameters };
}

function parseSegment(segment: string): Segment {
  const match = /^(?:microsoft\.graph\.)?(\$?[A-Za-z]\w*)(?:\((.*)\))?$/su.exec(segment);
  if (match === null) {
    throw notFound(`Resource not found for the segment '${segment}'.`);
  }
  const [, name = '', argument] = match;
  return { name: name.toLowerCase(), argument: argument === '' ? undefined : argument };
}

function isFunction(segment: string): boolean {
  return /^(?:microsoft\.graph\.)?getAllRecordings(?:\(.*\))?$/isu.test(segment);
}

// A value can be written in place, as an alias `@x` with its value in the query option `@x`, or, as the SDKs generated
// by Kiota do, as `'@x'` with its value in the query option `x`.
function parseParameters(text: string, query: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const next = /\s*(\w+)\s*=\s*('(?:[^']|'')*'|[^,']*?)\s*(?:,|$)/gy;
  while (next.lastIndex < text.length) {
    const match = next.exec(text) ?? fail(`The parameters (${text}) must be name=value pairs, separated by commas.`);
    const [, name = '', literal = ''] = match;
    const plain = unquote(literal) ?? literal;
    const alias = plain.toLowerCase();
    const aliased = plain.startsWith('@') ? (query.get(alias) ?? query.get(alias.slice(1))) : undefined;
    const value = plain.startsWith('@') ? aliased && (unquote(aliased) ?? aliased) : plain;
    if (value !== undefined) {
      parameters.set(name.toLowerCase(), value);
    }
  }
  return parameters;
}

function parseQuery(rawQuery: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of rawQuery.split('&').filter((text) => text !== '')) {
    const equals = pair.includes('=') ? pair.indexOf('=') : pair.length;
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)].map((text) =>
      decode(text.replaceAll('+', ' ')),
    );
    const option = (name ?? '').toLowerCase().replace(/^\$/, '');
    if (query.has(option)) {
      throw badRequest(`The query option '${option}' occurs more than once.`);
    }
    query.set(option, value ?? '');
  }
  return query;
}

/** The value of an OData string literal such as `'it''s'`; undefined when the text is not one. */
export function unquote(text: string): string | undefined {
  return /^'(?:[^']|'')*'$/u.test(text) ? text.slice(1, -1).replaceAll("''", "'") : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail(`The percent-encoding of '${text}' is invalid.`);
  }
}

function fail(message: string): never {
  throw badRequest(message);
}
