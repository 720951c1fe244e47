/** The environment, parsed variable by variable. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { readDocumentManifest } from './graphql/document-manifest.ts';
import { readEncryptionCertificate } from './msgraph/encrypted-content.ts';
import { readRedisAddress } from './store/redis-address.ts';
import { variables } from './variables.ts';
import type { Name, Variable } from './variables.ts';

const origin = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.href === `${url.origin}/`)
  .transform((url) => url.origin);
const httpsOrigin = origin.refine((url) => url.startsWith('https:'));
/** Credentials travel in the clear over http, so that it is for this machine only. */
const graphOrigin = origin.refine((url) => url.startsWith('https:') || isLoopback(url));
/** An address with nothing in it but origin and path, which is compared as it is. What is sent there is as much worth as a token. */
const callbackUrl = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.href === `${url.origin}${url.pathname}` && /^[\w./~-]*$/.test(url.pathname))
  .transform((url) => url.href.replace(/\/+$/, ''))
  .refine((url) => url.startsWith('https:') || isLoopback(url));
const whole = (min: number, max: number) => z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max));
const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');
const text = z.string();
/** A key in PEM, a JSON Web Token, an address with a password. */
const LOOKS_SECRET = /-----BEGIN|\beyJ[\w-]{10,}\.|:\/\/[^/@]*:[^/@]*@/;
const pathOfFile = text.refine((value) => !LOOKS_SECRET.test(value));
const list = text.transform((value) => value.split(','));

// https://www.rfc-editor.org/rfc/rfc6750#section-2.1
const bearerToken = text.regex(/^[\w.~+/-]+=*$/);

/** In whatever case: https://aka.ms/azsdk/js/identity/credential-chains#defaultazurecredential-overview */
const TOKEN_CREDENTIALS = new Set([
  'dev',
  'prod',
  'environmentcredential',
  'workloadidentitycredential',
  'managedidentitycredential',
  'visualstudiocodecredential',
  'azureclicredential',
  'azurepowershellcredential',
  'azuredeveloperclicredential',
]);

/** What `read` makes of a text; what it throws is a fault, of which is told what `reasonOf` says. */
const readBy = <Value>(read: (text: string) => Value, reasonOf?: (error: unknown) => string) =>
  text.transform((value, context) => {
    try {
      return read(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: String(error), params: { reason: reasonOf?.(error) } });
      return z.NEVER;
    }
  });

/** What `read` makes of the text of a file. */
const fileOf = <Value>(read: (text: string) => Value, reasonOf?: (error: unknown) => string) =>
  readBy((path) => read(readFileSync(path, 'utf8')), reasonOf);
const certificateFile = fileOf((pem) => {
  // It throws where there is none.
  void new X509Certificate(pem);
  return pem;
});
const encryptionCertificate = fileOf(readEncryptionCertificate);

/** Why a file has no documents. It may be another file, so that of what it holds only ids are repeated. */
function reasonWithoutDocuments(error: unknown): string {
  if (error instanceof SyntaxError) return 'what it holds is no JSON.';
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const [id] = issue?.path ?? [];
    if (id === undefined) return 'what it holds is no object of documents.';
    return issue?.code === 'invalid_key'
      ? `${JSON.stringify(id)} is no id: at most 128 letters, digits and - _ . ~ are, or sha256: and a digest.`
      : `the document ${JSON.stringify(id)} is no text, or an empty one.`;
  }
  if (error instanceof Error && 'code' in error) return `the file cannot be read (${String(error.code)}).`;
  return error instanceof Error ? error.message : String(error);
}
const documentsFile = fileOf(readDocumentManifest, reasonWithoutDocuments);

const redisAddress = readBy((url) => {
  readRedisAddress(url);
  return url;
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
    AZURE_AUTHORITY_HOST: httpsOrigin,
    AZURE_CLIENT_CERTIFICATE_PASSWORD: text,
    AZURE_CLIENT_CERTIFICATE_PATH: pathOfFile,
    AZURE_CLIENT_ID: z.guid(),
    AZURE_CLIENT_SECRET: text,
    AZURE_CLOUD: z.enum(['global', 'usGovL4', 'usGovL5', 'china']),
    AZURE_FEDERATED_TOKEN_FILE: pathOfFile,
    AZURE_TENANT_ID: text.regex(/^[\w.-]+$/),
    AZURE_TOKEN_CREDENTIALS: text.refine((name) => TOKEN_CREDENTIALS.has(name.toLowerCase())),
    CACHE_TTL_MS: whole(0, 300_000),
    CALLER_AUDIENCES: list,
    CALLER_TENANT_IDS: list.pipe(z.tuple([z.guid()], z.guid())),
    CALLER_TENANT_ROLE: text,
    CONTENT_STREAMS: whole(1, 100_000),
    CONTENT_STREAMS_PER_CALLER: whole(1, 100_000),
    CORS_ORIGINS: list.pipe(z.array(origin)),
    DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: yesOrNo,
    DELTA_INTERVAL_MS: whole(100, 3_600_000),
    DELTA_LONGEST_INTERVAL_MS: whole(100, 86_400_000),
    DRAIN_DELAY_MS: whole(0, 300_000),
    GRAPH_BASE_URL: graphOrigin,
    GRAPH_CA_FILE: certificateFile,
    GRAPH_CONCURRENCY: whole(1, 1_000),
    GRAPH_ON_BEHALF_OF: yesOrNo,
    GRAPH_SCOPE: text,
    GRAPH_TOKEN: bearerToken,
    HOST: text,
    INTROSPECTION: yesOrNo,
    LISTENERS: whole(1, 1_000_000),
    LISTENERS_PER_CALLER: whole(1, 1_000_000),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    METRICS: yesOrNo,
    NOTIFICATION_CERTIFICATE_FILES: list.pipe(z.tuple([encryptionCertificate], encryptionCertificate)),
    ON_BEHALF_OF_APPLICATION: yesOrNo,
    OPERATION_GRAPH_REQUESTS: whole(1, 1_000_000),
    OPERATION_HTTP_REQUESTS: whole(1, 1_000_000),
    OPERATION_TIMEOUT_MS: whole(100, 600_000),
    OVERLOAD_DELAY_MS: whole(100, 60_000),
    PLAYGROUND: yesOrNo,
    PORT: whole(0, 65_535),
    PUBLIC_URL: graphOrigin,
    REDIS_CA_FILE: certificateFile,
    REDIS_PREFIX: text.regex(/^[\w:.-]{1,100}$/),
    REDIS_URL: redisAddress,
    SEALING_KEYS: list.pipe(z.tuple([key], key)),
    SHARED_ORGANIZERS: list.pipe(z.array(z.guid())),
    SUBSCRIPTION_CALLBACK_URLS: list.pipe(z.array(callbackUrl)),
    TRUSTED_DOCUMENTS: z.enum(['accept', 'enforce']),
    TRUSTED_DOCUMENTS_FILE: documentsFile,
    VIEWER: yesOrNo,
    WORKERS: z
      .literal('auto')
      .transform(() => availableParallelism())
      .or(whole(1, 256)),
  })
  .partial();

/** What the environment holds, each value parsed; what is unset is missing. */
export type Environment = z.output<typeof environment>;

/** What is wrong with each variable that is wrong: the rest of a sentence that begins with its name. */
export type Faults = Map<Name, string>;

/** Whether a value may be a secret that has come into the place of something else. */
function mayBeSecret(value: string, env: NodeJS.ProcessEnv): boolean {
  const secrets = Object.entries<Variable>(variables).flatMap(([name, { secret }]) =>
    secret ? (env[name] ?? '') : '',
  );
  return secrets.some((secret) => secret !== '' && value.includes(secret)) || LOOKS_SECRET.test(value);
}

/** Parses the environment. What it cannot make sense of is left out, and named in `faults`. */
export function parseEnvironment(env: NodeJS.ProcessEnv): { values: Environment; faults: Faults } {
  const given = new Map(Object.entries(env).filter(([name, value]) => Object.hasOwn(variables, name) && value !== ''));
  const faults: Faults = new Map();
  const parsed = environment.safeParse(Object.fromEntries(given));
  if (parsed.success) return { values: parsed.data, faults };
  for (const issue of parsed.error.issues) {
    const name = environment.keyof().parse(issue.path[0]);
    const { expected, remedy, secret }: Variable = variables[name];
    const isPrintable = !secret && !mayBeSecret(env[name] ?? '', env);
    const came = isPrintable ? JSON.stringify(env[name]) : 'something else';
    const reason: unknown = issue.code === 'custom' ? issue.params?.['reason'] : undefined;
    const why = typeof reason === 'string' && !mayBeSecret(reason, env) ? `: ${reason}` : '.';
    faults.set(name, `expected ${expected}, but ${came} came${why}${remedy === undefined ? '' : ` ${remedy}`}`);
    given.delete(name);
  }
  return { values: environment.parse(Object.fromEntries(given)), faults };
}
