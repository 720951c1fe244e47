/** The address of a Redis, with its credentials. */

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Empty for the user that Redis calls `default`. */
  readonly username: string;
  /** Empty where none is needed. */
  readonly password: string;
  readonly database: number;
}

const DEFAULT_PORT = 6_379;

const expectation =
  'The address of Redis must have the form redis://user:password@host:port/database, or rediss:// for TLS. Percent-encode every character of the password that is not a letter or digit.';

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(expectation);
  }
}

/**
 * Parses an address in its registered form: https://www.iana.org/assignments/uri-schemes/prov/redis. The error does not
 * repeat the address, which may hold a password.
 */
export function readRedisAddress(url: string): RedisAddress {
  const parsed = URL.parse(url);
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol)) throw new Error(expectation);
  const [path, database] = /^\/?(\d*)$/.exec(parsed.pathname) ?? [];
  // A path, query or fragment may begin inside an unencoded password, and what precedes it would be taken for the port.
  if (path === undefined || parsed.hostname === '' || parsed.search !== '' || parsed.hash !== '')
    throw new Error(expectation);
  return {
    // The brackets around an IPv6 address are the URL's.
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    isTls: parsed.protocol === 'rediss:',
    username: decode(parsed.username),
    password: decode(parsed.password),
    database: Number(database),
  };
}
