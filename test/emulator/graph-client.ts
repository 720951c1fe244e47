import { getGlobalDispatcher } from 'undici';
import { onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/emulator.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON; undefined when it is not JSON. */
  readonly body: unknown;
}

export interface Sent {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  readonly authorization?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An emulator for one test, closed when the test is over. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Sends a request exactly as written; `fetch` would normalize the path. */
export async function send(emulator: Emulator, pathOrUrl: string, sent: Sent = {}): Promise<Reply> {
  const { authorization = 'Bearer any-word', body, headers = {}, method = 'GET' } = sent;
  const origin = /^https?:\/\/[^/]+/.exec(pathOrUrl)?.[0];
  const answered = await getGlobalDispatcher().request({
    origin: origin ?? emulator.url,
    path: origin === undefined ? pathOrUrl : pathOrUrl.slice(origin.length),
    method,
    headers: {
      ...(authorization === '' ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answered.body.text();
  return {
    status: answered.statusCode,
    headers: Object.fromEntries(Object.entries(answered.headers).map(([name, value]) => [name, String(value)])),
    text,
    body: text.startsWith('{') || text.startsWith('[') ? parse(text) : undefined,
  };
}

/** The token of a signed-in user, as Entra ID would issue it except for the signature. */
export function delegatedToken(userId: string, scopes: string, claims: Readonly<Record<string, unknown>> = {}): string {
  return jwt({ oid: userId, scp: scopes, ...claims });
}

/** The token of an application itself. */
export function applicationToken(roles: readonly string[], claims: Readonly<Record<string, unknown>> = {}): string {
  return jwt({ roles, ...claims });
}

/** The value at a path of member names in a JSON value; undefined when there is none. */
export function at(value: unknown, ...names: readonly (string | number)[]): unknown {
  return names.reduce<unknown>(
    (within, name) => (typeof within === 'object' && within !== null ? Reflect.get(within, name) : undefined),
    value,
  );
}

/** The string at a path of member names; throws when it is not a string. */
export function textAt(value: unknown, ...names: readonly (string | number)[]): string {
  const found = at(value, ...names);
  if (typeof found !== 'string') {
    throw new TypeError(`Expected a string at ${names.join('.')}, not ${String(found)}.`);
  }
  return found;
}

/** The items of a collection. */
export function items(body: unknown): readonly unknown[] {
  const value = at(body, 'value');
  if (!Array.isArray(value)) {
    throw new TypeError(`Expected a collection, not ${JSON.stringify(body)}.`);
  }
  return value;
}

/** The ids of the items of a collection. */
export function ids(body: unknown): readonly string[] {
  return items(body).map((item) => textAt(item, 'id'));
}

/** Follows nextLinks to the end, and returns the response for each page. */
export async function pages(emulator: Emulator, path: string, sent: Sent = {}): Promise<readonly Reply[]> {
  const first = await send(emulator, path, sent);
  const nextLink = at(first.body, '@odata.nextLink');
  return typeof nextLink === 'string' ? [first, ...(await pages(emulator, nextLink, sent))] : [first];
}

function jwt(claims: Readonly<Record<string, unknown>>): string {
  const [header, payload] = [{ alg: 'none' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return `Bearer ${header}.${payload}.`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Some tests request invalid JSON.
    return undefined;
  }
}
