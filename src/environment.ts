/** Every environment variable that the gateway knows: what it must be, and what it does. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const origin = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.href === `${url.origin}/`)
  .transform((url) => url.origin);
/** Credentials travel in the clear over http, so that it is for this machine only. */
const graphOrigin = origin.refine((url) => url.startsWith('https:') || isLoopback(url));
const whole = (min: number, max: number) => z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max));
const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');
const text = z.string();
const list = text.transform((value) => value.split(','));

// https://www.rfc-editor.org/rfc/rfc6750#section-2.1
const bearerToken = text.regex(/^[\w.~+/-]+=*$/);

const certificateFile = text.transform((path, context) => {
  try {
    const pem = readFileSync(path, 'utf8');
    // It throws where there is none.
    void new X509Certificate(pem);
    return pem;
  } catch (error) {
    context.addIssue({ code: 'custom', message: String(error) });
    return z.NEVER;
  }
});

const key = z
  .base64()
  .transform((base64) => Buffer.from(base64, 'base64'))
  .refine((bytes) => bytes.byteLength === 32);

/** Whether an origin leads to this machine and no further. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** What each variable must be. Empty is as good as unset. */
const environment = z
  .object({
    AZURE_CLIENT_ID: z.guid(),
    AZURE_CLIENT_SECRET: text,
    AZURE_TENANT_ID: text.regex(/^[\w.-]+$/),
    CORS_ORIGINS: list.pipe(z.array(origin)),
    DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: yesOrNo,
    GRAPH_BASE_URL: graphOrigin,
    GRAPH_CA_FILE: certificateFile,
    GRAPH_CONCURRENCY: whole(1, 1_000),
    GRAPH_TOKEN: bearerToken,
    HOST: text,
    INTROSPECTION: yesOrNo,
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    OPERATION_GRAPH_REQUESTS: whole(1, 1_000_000),
    OPERATION_TIMEOUT_MS: whole(100, 600_000),
    PLAYGROUND: yesOrNo,
    PORT: whole(0, 65_535),
    SEALING_KEYS: list.pipe(z.tuple([key], key)),
  })
  .partial();

/** The name of a variable. */
export type Name = keyof typeof environment.shape;

interface Variable {
  /** What a fault says was expected. */
  readonly expected: string;
  /** What holds when the variable is not set. */
  readonly unset: string;
  readonly does: string;
  /** Whether its value may not be printed. */
  readonly secret?: true;
}

/** Every variable in words, for the faults and for docs/configuration.md. */
export const variables: Record<Name, Variable> = {
  PORT: { expected: 'a port from 0 to 65535', unset: '`4000`', does: 'The port to listen on; 0 takes a free one.' },
  HOST: {
    expected: 'an address to listen on',
    unset: '`127.0.0.1`',
    does: 'The address to listen on; `0.0.0.0` is every one that the machine has.',
  },
  LOG_LEVEL: {
    expected: 'trace, debug, info, warn, error or silent',
    unset: '`info`',
    does: 'What is logged; `debug` has a line for each request to Graph.',
  },
  GRAPH_BASE_URL: {
    expected: 'an https origin without a path, such as https://graph.microsoft.com, or a loopback one over http',
    unset: '`https://graph.microsoft.com` with credentials, else the embedded emulator',
    does: 'Where Microsoft Graph is.',
  },
  AZURE_TENANT_ID: { expected: 'the id of a tenant, or one of its domains', unset: 'none', does: 'The tenant, in Entra ID.' },
  AZURE_CLIENT_ID: {
    expected: 'the id of an application, a GUID',
    unset: 'none',
    does: 'The application, registered in Entra ID, as which Graph is read.',
  },
  AZURE_CLIENT_SECRET: {
    expected: 'a client secret',
    unset: 'none',
    does: 'A client secret of that application.',
    secret: true,
  },
  DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: {
    expected: 'true or false',
    unset: '`false`',
    does: 'Lets whoever reaches the port read every recording that the application can. Without it the gateway does not start with real credentials.',
  },
  GRAPH_TOKEN: {
    expected: 'a bearer token',
    unset: 'none',
    does: 'A fixed token toward Graph, for development and tests: only where `GRAPH_BASE_URL` is a loopback address.',
    secret: true,
  },
  GRAPH_CA_FILE: {
    expected: 'the path of a readable file with a certificate in PEM',
    unset: 'none',
    does: 'A certificate authority to trust toward Graph, beside the usual ones.',
  },
  GRAPH_CONCURRENCY: {
    expected: 'a whole number from 1 to 1000',
    unset: '`8`',
    does: 'How many HTTP requests to Graph may be in flight. While so many are, what is asked waits and fills the next batches.',
  },
  OPERATION_TIMEOUT_MS: {
    expected: 'a whole number from 100 to 600000',
    unset: '`9500`',
    does: 'How long one operation may take, in milliseconds. What Graph has not answered by then fails with `UPSTREAM_TIMEOUT`.',
  },
  OPERATION_GRAPH_REQUESTS: {
    expected: 'a whole number from 1 to 1000000',
    unset: '`1000`',
    does: 'How many requests to Graph one operation may cause, a part of a batch counting as one. Further loads fail with `BUDGET_EXCEEDED`.',
  },
  CORS_ORIGINS: {
    expected: 'origins without a path, separated by commas',
    unset: 'none',
    does: 'The origins whose pages may ask from a browser.',
  },
  INTROSPECTION: {
    expected: 'true or false',
    unset: '`true` over the embedded emulator, else `false`',
    does: 'Whether clients may ask for the schema.',
  },
  PLAYGROUND: {
    expected: 'true or false',
    unset: '`true` over the embedded emulator, else `false`',
    does: 'Whether a browser finds a playground at `/`. It needs `INTROSPECTION` to be of much use.',
  },
  SEALING_KEYS: {
    expected: 'keys of 32 bytes in Base64, separated by commas',
    unset: 'a random key',
    does: 'Seal the cursors: the first seals, all open. Replicas need the same keys, and so do cursors that outlive a restart.',
    secret: true,
  },
};

/** What the environment holds, each value parsed; what is unset is missing. */
export type Environment = z.output<typeof environment>;

/** What is wrong with each variable that is wrong: the rest of a sentence that begins with its name. */
export type Faults = Map<Name, string>;

/** Parses the environment. What it cannot make sense of is left out, and named in `faults`. */
export function parseEnvironment(env: NodeJS.ProcessEnv): { values: Environment; faults: Faults } {
  const given = new Map(Object.entries(env).filter(([name, value]) => Object.hasOwn(variables, name) && value !== ''));
  const faults: Faults = new Map();
  const parsed = environment.safeParse(Object.fromEntries(given));
  if (parsed.success) return { values: parsed.data, faults };
  for (const { path } of parsed.error.issues) {
    const name = environment.keyof().parse(path[0]);
    const { expected, secret } = variables[name];
    const came = secret ? 'something else' : JSON.stringify(env[name]);
    faults.set(name, `expected ${expected}, but ${came} came.`);
    given.delete(name);
  }
  return { values: environment.parse(Object.fromEntries(given)), faults };
}
