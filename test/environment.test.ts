import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { variables } from '../src/variables.ts';
import type { Variable } from '../src/variables.ts';
import { createFolder } from './support/process.ts';
import { VALUES } from './support/variable-values.ts';

const rows = Object.entries<Variable>(variables).flatMap(([name, variable]) =>
  Object.entries(VALUES)
    .filter(([named]) => named === name)
    .map(([, values]) => ({ name, variable, ...values })),
);

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
      const came = variable.secret ? 'something else' : JSON.stringify(given);
      expect(() => readConfig({ ...beside, [name]: given })).toThrow(
        new ConfigError(`${name}: expected ${variable.expected}, but ${came} came.`),
      );
    },
  );

  it('may be a file with a certificate, where it is one', async () => {
    const path = join(await createFolder(), 'authority.pem');
    const [certificate = ''] = rootCertificates;
    await writeFile(path, certificate);
    const redis = { REDIS_URL: 'redis://127.0.0.1', SEALING_KEYS: Buffer.alloc(32).toString('base64') };
    const config = readConfig({ ...redis, GRAPH_CA_FILE: path, REDIS_CA_FILE: path });
    expect(config.graphCertificateAuthority).toBe(certificate);
    expect(config.redis?.certificateAuthority).toBe(certificate);
  });
});
