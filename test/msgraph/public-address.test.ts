import { describe, expect, it } from 'vitest';
import { lookupWithin } from '../../src/msgraph/content/public-address.ts';
import { createTestDownloads, openDownload, startServer, textOf } from '../support/server.ts';

/** Neither on this machine nor public: never an allowed target, wherever Graph is. */
const PRIVATE = [
  'https://10.0.0.1',
  'https://168.63.129.16',
  'https://172.16.0.1',
  'https://172.31.255.255',
  'https://192.168.0.1',
  'https://169.254.169.254',
  'https://100.64.0.1',
  'https://0.0.0.0',
  'https://192.0.0.1',
  'https://198.18.0.1',
  'https://224.0.0.1',
  'https://255.255.255.255',
  // 10.0.0.1 in other notations
  'https://10.1',
  'https://167772161',
  'https://0xa.1',
  'https://012.0.0.1',
  'https://[::ffff:10.0.0.1]',
  'https://[::10.0.0.1]',
  'https://[64:ff9b::a00:1]',
  'https://[64:ff9b:1::a00:1]',
  'https://[2002:a00:1::]',
  'https://[::]',
  'https://[fd00::1]',
  'https://[fd00:ec2::254]',
  'https://[fe80::1]',
  'https://[fec0::1]',
  'https://[ff02::1]',
  'https://[4000::1]',
  // not over https
  'http://storage.example',
  'http://93.184.215.14',
  'ftp://storage.example',
  'javascript://storage.example',
  'file://',
  // with credentials
  'https://user@storage.example',
  'https://:password@storage.example',
  'https://user:password@storage.example',
];

/** This machine: not an allowed target unless Graph is on a loopback address too. */
const LOOPBACK = [
  'https://127.0.0.1',
  'https://127.1.2.3',
  'https://2130706433',
  'https://0x7f.1',
  'https://0177.0.0.1',
  'https://[::1]',
  'https://[::ffff:127.0.0.1]',
  'https://[::ffff:7f00:1]',
  // A name, whose address is known only after the lookup.
  'https://localhost',
  'https://LOCALHOST',
  'http://localhost',
  'http://127.0.0.1',
];

/** A Graph that redirects to a location, by a loopback address and by 0.0.0.0, which is not one. */
async function startGraph(location: string): Promise<{ here: string; anywhere: string }> {
  const here = await startServer((_, response) => response.writeHead(302, { location }).end());
  return { here, anywhere: here.replace('127.0.0.1', '0.0.0.0') };
}

/** The address and family of a name, or the error. */
const find = (name: string, allowsLoopback: boolean, all: boolean): Promise<unknown> =>
  new Promise((resolve) => {
    lookupWithin({ allowsLoopback })(name, { all }, (error, address, family) =>
      resolve(error === null ? [address, family] : error),
    );
  });

describe('A redirect of Graph', () => {
  it.each([
    ...PRIVATE.map((target) => [target, 'here'] as const),
    ...[...PRIVATE, ...LOOPBACK].map((target) => [target, 'anywhere'] as const),
  ])('is never followed to %s from the Graph that is %s', async (target, where) => {
    const graph = await startGraph(`${target}/download?key=secret`);
    const error: unknown = await openDownload(createTestDownloads(graph[where])).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'GraphError',
      reason: 'malformed',
      message: expect.stringMatching(
        /^Microsoft Graph redirected GET \/v1\.0\/content to \S+, which is not allowed\. Redirects must lead to a public address over https\.$/,
      ),
    });
    expect(String(error)).not.toMatch(/secret|password/);
  });

  it.each(['data:video/mp4,secret', 'javascript:secret', 'blob:secret', 'about:blank?secret', 'urn:secret'])(
    'is never followed to %s',
    async (location) => {
      const { here } = await startGraph(location);
      await expect(openDownload(createTestDownloads(here))).rejects.toMatchObject({
        reason: 'malformed',
        message: expect.not.stringContaining('secret'),
      });
    },
  );

  it('is followed to this machine, by address and by name, when Graph is on it', async () => {
    const storage = await startServer((_, response) => response.end('the video'));
    for (const target of [storage, storage.replace('127.0.0.1', 'localhost')]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { here } = await startGraph(target);
      // oxlint-disable-next-line no-await-in-loop
      expect(await textOf((await openDownload(createTestDownloads(here))).body)).toBe('the video');
    }
  });
});

describe('A host name', () => {
  it('resolves to its addresses when all of them are allowed, in the requested form', async () => {
    const [address, family] = [await find('127.0.0.1', true, false), await find('127.0.0.1', true, true)];
    expect(address).toEqual(['127.0.0.1', 4]);
    expect(family).toEqual([[{ address: '127.0.0.1', family: 4 }], undefined]);
    expect(await find('93.184.215.14', false, false)).toEqual(['93.184.215.14', 4]);
    expect(await find('::ffff:93.184.215.14', false, false)).toMatchObject({ 1: 6 });
    expect(await find('2606:2800:21f:cb07:6820:80da:af6b:8b2c', false, false)).toMatchObject({ 1: 6 });
  });

  it.each([
    ['localhost', false],
    ['127.0.0.1', false],
    ['10.0.0.1', true],
    ['::ffff:10.0.0.1', true],
    ['fe80::1', true],
  ])('does not resolve when any address is private: %s, loopback allowed: %s', async (name, allowsLoopback) => {
    for (const all of [true, false]) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await find(name, allowsLoopback, all)).toMatchObject({ name: 'PrivateAddressError', hostname: name });
    }
  });

  it.each([
    [
      ['93.184.215.14', '93.184.215.15'],
      ['93.184.215.14', 4],
    ],
    [['93.184.215.14', '10.0.0.1'], { name: 'PrivateAddressError' }],
    [['10.0.0.1', '93.184.215.14'], { name: 'PrivateAddressError' }],
  ])('with the addresses %j is judged by all of them', async (addresses, expected) => {
    const found = await new Promise((resolve) => {
      const within = lookupWithin({ allowsLoopback: false }, (_, __, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        ),
      );
      within('storage.example', {}, (error, address, family) => resolve(error ?? [address, family]));
    });
    expect(found).toMatchObject(expected);
  });

  it('that is invalid does not resolve', async () => {
    expect(await find('x'.repeat(300), true, true)).toMatchObject({ syscall: 'getaddrinfo' });
  });
});
