import { createPrivateKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { decodeJwt } from 'jose';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CLOUDS, defaultScope } from '../../src/msgraph/credentials/cloud.ts';
import { clientOptions, createCredential } from '../../src/msgraph/credentials/credential.ts';
import type { CredentialSettings } from '../../src/msgraph/credentials/credential.ts';
import { startEntra } from '../support/entra.ts';
import type { Entra } from '../support/entra.ts';
import { createFolder } from '../support/process.ts';

const SCOPE = defaultScope(CLOUDS.global.graph);

type Kind = CredentialSettings['kind'];

function settingsOf(entra: Entra, kind: Kind): CredentialSettings {
  const { authority, tenantId, clientId, clientSecret, certificatePath, federatedTokenPath } = entra;
  const application = { authority, tenantId, clientId };
  const settings: Record<Kind, CredentialSettings> = {
    clientSecret: { kind: 'clientSecret', ...application, clientSecret },
    clientCertificate: { kind: 'clientCertificate', ...application, certificatePath },
    workloadIdentity: { kind: 'workloadIdentity', ...application, tokenFilePath: federatedTokenPath },
    default: { kind: 'default', authority },
  };
  return settings[kind];
}

/** Gets one token, and returns its claims. */
async function claimsOf(entra: Entra, settings: CredentialSettings): Promise<unknown> {
  const token = await createCredential(settings, entra).getToken(SCOPE);
  return decodeJwt(token?.token ?? '');
}

/** Sets environment variables of the Azure SDK until the test is over. */
function setVariables(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** Everything written to standard output and standard error until the test is over. */
function watchOutput(): string[] {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  return written;
}

describe('The application gets a token', () => {
  it.each(['clientSecret', 'clientCertificate', 'workloadIdentity'] as const)('by its %s', async (kind) => {
    const entra = await startEntra();
    const written = watchOutput();
    expect(await claimsOf(entra, settingsOf(entra, kind))).toMatchObject({
      aud: 'https://graph.microsoft.com',
      tid: entra.tenantId,
      roles: expect.arrayContaining(['OnlineMeetingRecording.Read.All']),
    });
    expect(entra.grants()).toEqual(['client_credentials']);
    expect(written).toEqual([]);
  });

  it('by a certificate whose private key has a password', async () => {
    const entra = await startEntra();
    const certificatePath = join(await createFolder(), 'encrypted.pem');
    const key = createPrivateKey(entra.certificate.private).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'a password',
    });
    await writeFile(certificatePath, `${String(key)}${entra.certificate.cert}`);
    const { authority, tenantId, clientId } = entra;
    const settings = { kind: 'clientCertificate', authority, tenantId, clientId, certificatePath } as const;
    expect(await claimsOf(entra, { ...settings, certificatePassword: 'a password' })).toHaveProperty('roles');
  });

  it('by the default chain, restricted to the environment', async () => {
    const entra = await startEntra();
    setVariables({
      AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
      AZURE_TENANT_ID: entra.tenantId,
      AZURE_CLIENT_ID: entra.clientId,
      AZURE_CLIENT_SECRET: entra.clientSecret,
    });
    expect(await claimsOf(entra, settingsOf(entra, 'default'))).toHaveProperty('roles');
    expect(entra.grants()).toEqual(['client_credentials']);
  });

  it('by the default chain, restricted to a managed identity', async () => {
    const entra = await startEntra();
    setVariables({
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      IDENTITY_ENDPOINT: `${entra.authority}/msi/token`,
      IDENTITY_HEADER: entra.identityHeader,
    });
    expect(await claimsOf(entra, settingsOf(entra, 'default'))).toHaveProperty('roles');
    expect(entra.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /msi/token']);
  });

  it('again at each call, because a token that Graph has refused is useless', async () => {
    const entra = await startEntra();
    const credential = createCredential(settingsOf(entra, 'clientSecret'), entra);
    const tokens = [await credential.getToken(SCOPE), await credential.getToken(SCOPE)];
    expect(tokens[0]?.token).not.toBe(tokens[1]?.token);
    expect(entra.grants()).toHaveLength(2);
  });
});

describe('An invalid credential of the application', () => {
  it('is refused with an error that names the reason and no secret', async () => {
    const entra = await startEntra();
    const { authority, tenantId, clientId } = entra;
    const settings = { kind: 'clientSecret', authority, tenantId, clientId, clientSecret: 'a-marked-secret' } as const;
    const written = watchOutput();
    const error: unknown = await createCredential(settings, entra)
      .getToken(SCOPE)
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('AADSTS7000215');
    expect(inspect(error, { depth: 10 }) + written.join('')).not.toContain('a-marked-secret');
    expect(entra.grants()).toHaveLength(1);
  });

  it('is refused when the certificate is not the registered one', async () => {
    const entra = await startEntra();
    const certificatePath = join(await createFolder(), 'another.pem');
    await writeFile(certificatePath, entra.platform.private + entra.platform.cert);
    const { authority, tenantId, clientId } = entra;
    const settings = { kind: 'clientCertificate', authority, tenantId, clientId, certificatePath } as const;
    await expect(claimsOf(entra, settings)).rejects.toThrow('AADSTS700027');
  });

  it("is refused when the platform's token is for another workload", async () => {
    const entra = await startEntra();
    await writeFile(entra.federatedTokenPath, await entra.federatedToken('system:another'));
    await expect(claimsOf(entra, settingsOf(entra, 'workloadIdentity'))).rejects.toThrow('AADSTS700027');
  });
});

describe('The connection to Entra ID', () => {
  it('shows no secret when it fails', async () => {
    const entra = await startEntra();
    entra.settings.tokens = 'down';
    const credential = createCredential(settingsOf(entra, 'clientSecret'), entra);
    const error: unknown = await credential.getToken(SCOPE).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 10 }) + JSON.stringify(error)).not.toContain(entra.clientSecret);
  });

  it('trusts no certificate authority that is not configured', async () => {
    const entra = await startEntra();
    const credential = createCredential(settingsOf(entra, 'clientSecret'), {});
    await expect(credential.getToken(SCOPE)).rejects.toThrow('endpoints_resolution_error');
    expect(entra.requests).toEqual([]);
  });

  it('trusts the usual certificate authorities in addition to a configured one', () => {
    const settings = { kind: 'default', authority: CLOUDS.global.authority } as const;
    const { tlsOptions } = clientOptions(settings, { certificateAuthority: 'a certificate in PEM' });
    expect(tlsOptions?.ca?.at(-1)).toBe('a certificate in PEM');
    expect(tlsOptions?.ca?.length).toBeGreaterThan(50);
  });

  it('requires https, which is checked at the start', () => {
    const settings = { kind: 'clientSecret', tenantId: 't', clientId: 'c', clientSecret: 's' } as const;
    expect(() => createCredential({ ...settings, authority: 'http://127.0.0.1:1' }, {})).toThrow("'https' protocol");
  });

  it.each([
    [CLOUDS.global.authority, false],
    [CLOUDS.usGovL4.authority, false],
    [CLOUDS.usGovL5.authority, false],
    [CLOUDS.china.authority, false],
    ['https://127.0.0.1:4002', true],
    ['https://login.microsoftonline.com.example', true],
  ])('sets disableInstanceDiscovery for %s, if it is not a known cloud: %s', (authority, disableInstanceDiscovery) => {
    expect(clientOptions({ kind: 'default', authority }, {})).toMatchObject({
      authorityHost: authority,
      disableInstanceDiscovery,
    });
  });
});
