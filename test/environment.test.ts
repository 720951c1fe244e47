import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { DefaultAzureCredential } from '@azure/identity';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import type { Variable } from '../src/variables/variable.ts';
import { variables } from '../src/variables/variables.ts';
import { REAL } from './support/access-values.ts';
import { createFolder } from './support/process.ts';
import { VALUES } from './support/variable-values.ts';

const rows = Object.entries<Variable>(variables).flatMap(([name, variable]) =>
  Object.entries(VALUES)
    .filter(([named]) => named === name)
    .map(([, values]) => ({ name, variable, ...values })),
);

/** Why a file that is one of the bad values has no value. */
const REASONS = new Map([
  ['/no/such/file', 'the file cannot be read (ENOENT).'],
  ['/no/such/file.pem', 'the file cannot be read (ENOENT).'],
  ['/nowhere/ca.pem', 'the file cannot be read (ENOENT).'],
  ['/', 'the file cannot be read (EISDIR).'],
  ['package.json', 'the file does not contain a PEM certificate.'],
]);

describe('A variable', () => {
  it.each(rows.flatMap(({ good, ...row }) => good.map(([given, made]) => ({ ...row, given, made }))))(
    '$name may be $given',
    ({ name, beside, given, made, read }) => {
      expect(read(readConfig({ ...beside, [name]: given }))).toEqual(made);
    },
  );

  it.each(rows.flatMap(({ bad, ...row }) => bad.map((given) => ({ ...row, given }))))(
    '$name may not be $given',
    ({ name, variable, beside, given }) => {
      // The user or the query of an address may be a secret.
      const isHidden = variable.secret || /:\/\/.*[?@]/.test(given);
      const came = isHidden ? 'another value (hidden, because it may be a secret)' : JSON.stringify(given);
      const why = REASONS.get(given);
      expect(() => readConfig({ ...beside, [name]: given })).toThrow(
        new ConfigError(
          [
            `${name}: expected ${variable.expected}, but got ${came}${why === undefined ? '.' : `: ${why}`}`,
            ...(variable.remedy === undefined ? [] : [variable.remedy]),
          ].join(' '),
        ),
      );
    },
  );

  // A default is one value in backticks that is not the name of another variable.
  it.each(
    rows.flatMap(({ variable, ...row }) => {
      const [, value] = /^`([^`]+)`$/.exec(variable.unset) ?? [];
      return value === undefined || Object.hasOwn(variables, value) ? [] : [{ ...row, value }];
    }),
  )('$name is $value when it is not set, as the documentation says', ({ name, beside, value }) => {
    expect(readConfig({ ...beside, [name]: value })).toEqual(readConfig({ ...beside }));
  });

  it('may name a file with a certificate', async () => {
    const path = join(await createFolder(), 'authority.pem');
    const [certificate = ''] = rootCertificates;
    await writeFile(path, certificate);
    const redis = { REDIS_URL: 'redis://127.0.0.1', SEALING_KEYS: Buffer.alloc(32).toString('base64') };
    const config = readConfig({ ...redis, GRAPH_CA_FILE: path, REDIS_CA_FILE: path });
    expect(config.graphCertificateAuthority).toBe(certificate);
    expect(config.redis?.certificateAuthority).toBe(certificate);
  });
});

it('The Azure SDK accepts every credential that AZURE_TOKEN_CREDENTIALS allows', () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  const names = variables.AZURE_TOKEN_CREDENTIALS.expected.match(/\b(dev|prod|\w+Credential)\b/g) ?? [];
  expect(names).toHaveLength(9);
  for (const name of names) {
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', name);
    expect(() => new DefaultAzureCredential()).not.toThrow();
    expect(readConfig({ ...REAL, AZURE_TOKEN_CREDENTIALS: name }).graph).toMatchObject({ kind: 'entra' });
  }
});

/** The error for a file with this text; empty when the file is accepted. */
async function faultOf(text: string | null, mode = 'accept'): Promise<string> {
  const path = join(await createFolder(), 'documents.json');
  if (text !== null) await writeFile(path, text);
  try {
    readConfig({ TRUSTED_DOCUMENTS_FILE: path, TRUSTED_DOCUMENTS: mode });
    return '';
  } catch (error) {
    return String(error).replace(path, 'documents.json');
  }
}

it.each([
  ['that does not exist', '/nowhere/notifications.pem', 'the file cannot be read (ENOENT).'],
  ['without a certificate', 'package.json', 'the PEM file must contain a certificate and its private key without a'],
])('A certificate file for notifications %s is reported with the reason', (_, path, reason) => {
  const environment = { ...REAL, PUBLIC_URL: 'https://gateway.example', NOTIFICATION_CERTIFICATE_FILES: path };
  expect(() => readConfig(environment)).toThrow(`but got "${path}": ${reason}`);
});

describe('A file of documents', () => {
  const OTHER_DIGEST = `sha256:${'0'.repeat(64)}`;
  const TOKEN = 'eyJhbGciOiJub25lIn0.eyJtYXJrZWQiOiJjbGFpbXMifQ.marked-signature';

  it.each([
    ['that does not exist', null, 'the file cannot be read (ENOENT).'],
    ['that is not JSON', 'marked: secret', 'the file does not contain JSON.'],
    ['that is a list', '["marked"]', 'the file does not contain an object of documents.'],
    [
      'with an invalid id',
      '{"a b": "{ a }"}',
      '"a b" is not an id. Use at most 128 letters, digits and - _ . ~, or sha256: and a digest.',
    ],
    ['with a digest in capitals', `{"sha256:${'A'.repeat(64)}": "{ a }"}`, `"sha256:${'A'.repeat(64)}" is not an id. `],
    ['with a document that is not a string', '{"a": {"marked": 1}}', 'the document "a" is not a string, or is empty.'],
    ['with an empty document', '{"a": ""}', 'the document "a" is not a string, or is empty.'],
    [
      'with the digest of another document',
      `{"${OTHER_DIGEST}": "{ a }"}`,
      `the id "${OTHER_DIGEST}" is not the SHA-256 digest of its document.`,
    ],
  ])('%s is reported with the reason', async (_, text, reason) => {
    const fault = await faultOf(text);
    const expected = variables.TRUSTED_DOCUMENTS_FILE.expected;
    expect(fault).toContain(`TRUSTED_DOCUMENTS_FILE: expected ${expected}, but got "documents.json": ${reason}`);
    expect(fault).not.toContain('marked');
  });

  it('is reported without its contents when they may be a secret', async () => {
    const fault = await faultOf(JSON.stringify({ [`${TOKEN} `]: '{ a }' }));
    expect(fault).toMatch(/but got "documents\.json"\.$/);
  });

  it('without any document is refused when only trusted documents run', async () => {
    expect(await faultOf('{}')).toBe('');
    expect(await faultOf('{}', 'enforce')).toMatch(
      /TRUSTED_DOCUMENTS_FILE: contains no documents, but with TRUSTED_DOCUMENTS=enforce only its documents run\. /,
    );
  });
});

describe('A variable that the gateway does not have', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['AZURE_TENNANT_ID', 'AZURE_TENANT_ID'],
    ['PUBLIC-URL', 'PUBLIC_URL'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['log_level', 'LOG_LEVEL'],
  ])('named %s is taken for a misspelled %s', (written, meant) => {
    expect([...readConfig({ [written]: 'anything' }).misspelled]).toEqual([[written, meant]]);
  });

  it('is named, without its value, among the faults of the others', () => {
    expect(() => readConfig({ AZURE_CLIENT_SECRET: 'secret', AZURE_TENNANT_ID: 'marked' })).toThrow(
      /^(?!.*marked)AZURE_TENANT_ID: is required .*\nAZURE_TENNANT_ID: has no effect\. Did you mean AZURE_TENANT_ID\?$/s,
    );
  });

  it.each([
    ['is named otherwise', { REDIS_PORT: '6379', PATH: '/bin', npm_config_cache: '/tmp' }],
    ['resembles a short name', { HOSTS: 'a', SPORT: 'b' }],
    ['is empty', { CORS_ORIGIN: '' }],
    ['resembles one that is set', { LOG_LEVEL: 'info', LOG_LEVELS: 'all' }],
  ])('is none of its business when it %s', (_, environment) => {
    expect([...readConfig(environment).misspelled]).toEqual([]);
  });
});
