/** The ways in which a gateway is set up to ask Graph, each with its secrets. */
import { createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './secret-search.ts';
import type { StageOptions, StageParts, Variables } from './secret-stage.ts';

/** Variables to authenticate the application to Entra ID by a client secret. */
export function byClientSecret({ entra, secrets }: StageParts): Variables {
  secrets.add('the client secret', entra.clientSecret, ['entra']);
  return { AZURE_TENANT_ID: entra.tenantId, AZURE_CLIENT_ID: entra.clientId, AZURE_CLIENT_SECRET: entra.clientSecret };
}

/** The same by a certificate whose key has a password, and which encrypts notifications too. */
async function byCertificate({ entra, folder, secrets }: StageParts): Promise<Variables> {
  const password = 'the marked password of the key';
  secrets.add('the password of the key', password);
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: password } as const;
  const encrypted = String(createPrivateKey(entra.certificate.private).export(options));
  secrets.addKey('the key of the certificate', entra.certificate.private);
  secrets.addKey('the encrypted key of the certificate', encrypted);
  const path = join(folder, 'encrypted.pem');
  await writeFile(path, `${encrypted}${entra.certificate.cert}`);
  return {
    AZURE_TENANT_ID: entra.tenantId,
    AZURE_CLIENT_ID: entra.clientId,
    AZURE_CLIENT_CERTIFICATE_PATH: path,
    AZURE_CLIENT_CERTIFICATE_PASSWORD: password,
    NOTIFICATION_CERTIFICATE_FILES: entra.certificatePath,
  };
}

/** The same by a token of its platform. */
async function byPlatform({ entra, secrets }: StageParts): Promise<Variables> {
  const token = (await readFile(entra.federatedTokenPath, 'utf8')).trim();
  secrets.addToken('the token of the platform', token, ['entra']);
  return {
    AZURE_TENANT_ID: entra.tenantId,
    AZURE_CLIENT_ID: entra.clientId,
    AZURE_FEDERATED_TOKEN_FILE: entra.federatedTokenPath,
  };
}

/** Variables to authenticate callers. */
function callers({ entra }: StageParts): Variables {
  return { CALLER_AUDIENCES: entra.clientId, CALLER_TENANT_IDS: entra.tenantId };
}

const ON_BEHALF_OF = { GRAPH_ON_BEHALF_OF: 'true', ON_BEHALF_OF_APPLICATION: 'true' };
const FIXED_TOKEN = 'the.marked.token.for.Graph';

export function withFixedToken({ secrets }: StageParts): Variables {
  secrets.add('the fixed token', FIXED_TOKEN, ['graph']);
  return { GRAPH_TOKEN: FIXED_TOKEN };
}

export const asApplication: StageOptions = {
  environment: (parts) => ({ ...byClientSecret(parts), ...callers(parts) }),
};

export const onBehalfOfCallers: StageOptions = {
  callersMayReach: ['entra'],
  environment: (parts) => ({ ...byClientSecret(parts), ...callers(parts), ...ON_BEHALF_OF }),
};

export interface Mode extends StageOptions {
  readonly name: string;
  /** Whether it is tested with all faults of Graph, which takes a while. */
  readonly areFaultsTried: boolean;
  /** The secrets that must have reached their places. */
  readonly reaches: readonly (readonly [place: Place, secret: string])[];
  /** Messages that must be in the log. */
  readonly logs: readonly string[];
}

/** What is sealed for Graph and for clients in every mode. */
const SEALED: Mode['reaches'] = [
  ['graph', 'a clientState'],
  ['client', 'what was sealed for a client'],
  ['client', 'a link to content'],
];

export const MODES: readonly Mode[] = [
  {
    name: 'as the application, which has a client secret',
    areFaultsTried: true,
    ...asApplication,
    logs: [],
    reaches: [...SEALED, ['entra', 'the client secret'], ['graph', 'the claims of a token for Graph']],
  },
  {
    name: 'as the application, which has a certificate',
    areFaultsTried: false,
    environment: async (parts) => ({ ...(await byCertificate(parts)), ...callers(parts) }),
    logs: [
      'notifications were refused because their tokens could not be verified',
      'notifications were refused because their content could not be decrypted',
    ],
    reaches: [
      ...SEALED,
      ['entra', 'the claims of an assertion of the application'],
      ['graph', 'the claims of a token for Graph'],
    ],
  },
  {
    name: 'on behalf of callers, by an application that has a token of its platform',
    areFaultsTried: true,
    callersMayReach: ['entra'],
    environment: async (parts) => ({ ...(await byPlatform(parts)), ...callers(parts), ...ON_BEHALF_OF }),
    logs: [],
    reaches: [
      ...SEALED,
      ['entra', 'the signature of the token of the platform'],
      ['entra', 'the signature of the token of somebody with the role'],
      ['graph', 'the claims of a token for Graph'],
    ],
  },
  {
    name: 'with a token of its own, for callers who are not told apart',
    areFaultsTried: false,
    environment: (parts) => ({ ...withFixedToken(parts), PLAYGROUND: 'true', INTROSPECTION: 'true' }),
    logs: [],
    reaches: [...SEALED, ['graph', 'the fixed token']],
  },
];
