/** Environments with secrets in the wrong variables, by mistake of an operator. */
import { ConfigError, readConfig } from '../../src/config.ts';
import type { EntraIdentity } from './entra-identity.ts';
import { startProcess } from './process.ts';
import type { Variables } from './secret-stage.ts';

export const CLIENT_SECRET = 'marked~client~secret~in~its~place';

const TOKEN = 'eyJhbGciOiJub25lIn0.eyJtYXJrZWQiOiJjbGFpbXMifQ.marked-signature-of-it';

/** Secrets that may be in any wrong variable. */
export const MISTAKEN: Readonly<Record<string, (identity: EntraIdentity) => string>> = {
  'the client secret': () => CLIENT_SECRET,
  'an address with a password': () => 'https://somebody:the-marked-password-of-an-address@elsewhere.example/v1.0',
  'a token': () => TOKEN,
  'a private key': ({ certificate }) => certificate.private,
};

/** All secret variables with invalid values. */
export const WRONG_SECRETS: Variables = {
  AZURE_CLIENT_SECRET: CLIENT_SECRET,
  AZURE_CLIENT_CERTIFICATE_PASSWORD: 'the marked password without a certificate',
  GRAPH_TOKEN: 'Bearer of-the-marked-token',
  SEALING_KEYS: Buffer.from('the marked key, which is too long to be one').toString('base64'),
  REDIS_URL: 'http://gateway:the-marked-password-of-Redis@127.0.0.1:6379',
};

interface Mistake {
  readonly what: string;
  readonly environment: (identity: EntraIdentity) => Variables;
  /** Texts that reveal the secret, each with its name. */
  readonly marks: Readonly<Record<string, string>>;
}

const APPLICATION = {
  AZURE_TENANT_ID: 'morrowtide.example',
  AZURE_CLIENT_ID: '3b7d2a90-8e44-4f1d-b0c6-6a1e5f9d7c22',
  // A port that is not in use.
  AZURE_AUTHORITY_HOST: 'https://127.0.0.1:9',
  GRAPH_BASE_URL: 'http://127.0.0.1:9',
  DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: 'true',
};
const SEALED = { SEALING_KEYS: Buffer.alloc(32, 7).toString('base64') };

/** Mistakes that the gateway may detect only when it uses the value. */
export const MISTAKES: readonly Mistake[] = [
  {
    what: 'the key of the application in the place of its path',
    environment: ({ certificate }) => ({ ...APPLICATION, AZURE_CLIENT_CERTIFICATE_PATH: certificate.private }),
    marks: { 'the key': 'PRIVATE KEY' },
  },
  {
    what: 'the token of the platform in the place of its path',
    environment: () => ({ ...APPLICATION, AZURE_FEDERATED_TOKEN_FILE: TOKEN }),
    marks: { 'the token': TOKEN },
  },
  {
    what: 'the client secret in the place of the name of a credential',
    environment: () => ({ ...APPLICATION, AZURE_TOKEN_CREDENTIALS: CLIENT_SECRET }),
    marks: { 'the client secret': CLIENT_SECRET },
  },
  // Without percent-encoding, the character may begin another part of the URL.
  ...['#', '/'].map((sign) => ({
    what: `a password of Redis with ${sign}`,
    environment: () => ({ ...SEALED, REDIS_URL: `redis://gateway:40404${sign}marked-password@127.0.0.1:9` }),
    marks: { 'the beginning of the password': '40404', 'the rest of the password': 'marked-password' },
  })),
];

/** The error message about an environment; empty if it is accepted. */
export function faultsOf(environment: Variables): string {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** Starts a gateway with a mistake, requests its readiness, and gives the parts of the secret in its output. */
export async function whatIsTold({ what, environment, marks }: Mistake, identity: EntraIdentity): Promise<string[]> {
  const common = { PORT: '0', LOG_LEVEL: 'trace', PLAYGROUND: 'false' };
  const gateway = await startProcess({ environment: { ...common, ...environment(identity) } });
  const [listening] = await Promise.allSettled([gateway.logged('listening')]);
  if (listening.status === 'fulfilled') {
    await fetch(String(listening.value['health']).replace('healthz', 'readyz'));
    gateway.send('SIGTERM');
  }
  await gateway.exit;
  const { output, errors } = gateway.written();
  const told = Object.entries(marks).filter(([, mark]) => (output + errors).includes(mark));
  return told.map(([name]) => `${name} is told, where there is ${what}`);
}
