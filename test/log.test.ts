import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../src/emulator/emulator.ts';
import type { Fault } from '../src/emulator/faults/faults.ts';
import { createCapturedLog } from './support/log.ts';
import { startProcess } from './support/process.ts';

describe('The log', () => {
  it('is one JSON object a line, with the level as a word and the time in ISO 8601', () => {
    const { log, lines } = createCapturedLog({ level: 'info' });
    log.debug('too low');
    log.info({ port: 4000 }, 'listening');
    log.warn('two\nlines');
    expect(lines()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), port: 4000, msg: 'listening' },
      { level: 'warn', time: expect.any(String), msg: 'two\nlines' },
    ]);
  });

  it('is formatted in color on a terminal', async () => {
    const { log, text: logged } = createCapturedLog({ isTTY: true });
    log.error({ port: 4000, error: new TypeError('too many') }, 'failed');
    await expect
      .poll(() => stripVTControlCharacters(logged()), { timeout: 20_000 })
      .toMatch(/ERROR: failed\n\s+port: 4000\n/);
    expect(logged()).not.toBe(stripVTControlCharacters(logged()));
    expect(logged()).toMatch(/TypeError: too many\s+at /);
  });

  it.each(['error', 'err'])('has the message, the stack and the cause of an error that is logged as %s', (name) => {
    const { log, lines } = createCapturedLog();
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    log.error({ [name]: new TypeError('no answer', { cause }) }, 'failed');
    expect(lines()[0]?.[name]).toEqual({
      type: 'TypeError',
      message: 'no answer',
      stack: expect.stringMatching(/^TypeError: no answer\n\s+at .*log\.test\.ts/),
      cause: {
        type: 'Error',
        message: 'refused',
        code: 'ECONNREFUSED',
        stack: expect.stringMatching(/^Error: refused\n\s+at /),
      },
    });
  });

  it('omits all other properties of an error', () => {
    const { log, text: logged } = createCapturedLog();
    const request = { headers: { authorization: 'Bearer marked' } };
    log.error({ error: Object.assign(new Error('failed'), { request, rawPacket: Buffer.from('marked') }) });
    log.error(Object.assign(new Error('failed'), { request }));
    expect(logged()).toContain('failed');
    expect(logged()).not.toMatch(/marked|authorization|rawPacket/);
  });
});

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 401, claims: 'marked-claims' },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 500 },
  { kind: 'reset' },
  { kind: 'html' },
  { kind: 'truncated' },
  { kind: 'wrongType', member: 'displayName' },
];

/** The messages that a process running this code writes to standard output through a log. */
async function writtenBy(code: string): Promise<unknown> {
  const file = JSON.stringify(new URL('../src/log.ts', import.meta.url).href);
  const program = `import { createLog } from ${file}; const log = createLog('info'); ${code}`;
  const { stdout } = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Array.from((await text(stdout)).matchAll(/"msg":"(.*?)"/g), ([, message]) => message);
}

describe('Messages logged at the same time', () => {
  it.each([
    ['continues', 'setTimeout(() => log.info("d"))'],
    ['ends by itself', 'process.once("exit", () => log.info("d")); process.exit(1)'],
    ['fails', 'process.once("exit", () => log.info("d")); queueMicrotask(() => { throw 1; })'],
  ])('are all written in order by a process that %s', async (_, then) => {
    expect(await writtenBy(`for (const line of 'abc') log.info(line); ${then}`)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are written up to the first one by a process that is killed at that time', async () => {
    expect(await writtenBy(`log.info('a'); log.info('b'); process.kill(process.pid, 'SIGKILL')`)).toEqual(['a']);
  });

  it('are written in pieces that a pipe does not mix with those of other processes', async () => {
    const [first, piece, rest] = ['a', 'b'.repeat(1_000), 'c'.repeat(1_000)];
    const code = `for (const line of ['${first}', ...Array(3).fill('${piece}'), '${rest}']) log.info(line);`;
    expect(await writtenBy(`${code} process.kill(process.pid, 'SIGKILL')`)).toEqual([first, piece, piece, piece]);
  });
});

/** Sends bytes that are not a valid HTTP request, or one that receives only a refusal. */
async function sendRaw(url: string, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  await once(socket, 'connect');
  await text(socket);
}

describe('A token', () => {
  it.each([
    ['trace', '"sent a request to Microsoft Graph"'],
    ['info', '"request completed"'],
  ])('is in no line that the gateway writes at log level %s, through each kind of failure', async (level, message) => {
    const emulator = await createEmulator({ tenant: { users: 3, meetings: 3, recordings: 3 } });
    onTestFinished(() => emulator.close());
    const gateway = await startProcess({
      environment: { PORT: '0', LOG_LEVEL: level, GRAPH_BASE_URL: emulator.url, GRAPH_TOKEN: 'marked-graph-token' },
    });
    const { graphql } = await gateway.logged('listening');
    const url = String(graphql);
    const secrets = { authorization: 'Bearer marked-caller-token', cookie: 'session=marked-cookie' };
    const post = async (body: string): Promise<string> => {
      const headers = { ...secrets, 'content-type': 'application/json' };
      return (await fetch(`${url}?access_token=marked-query`, { method: 'POST', headers, body })).text();
    };
    const users = emulator.tenant.users.map(({ id }, index) => `u${index}: user(id: "${id}") { displayName }`);
    const query = JSON.stringify({ query: `{ ${users.join(' ')} }` });

    expect(await post(query)).not.toContain('errors');
    for (const fault of FAULTS) {
      // As often as the gateway tries.
      emulator.fail({ ...fault, times: 4 });
      // oxlint-disable-next-line no-await-in-loop -- each fault is for the request that follows it
      await post(query);
      emulator.clearFaults();
    }
    await post('{"query": marked-body');
    await post(JSON.stringify({ query: '{ nothing }' }));
    await fetch(`${new URL(url).origin}/nowhere?token=marked-query`, { headers: secrets });
    await sendRaw(
      url,
      'GET / HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer marked-raw\r\nno header at all\r\n\r\n',
    );
    await sendRaw(url, 'GET /%zz?token=marked-raw HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    gateway.send('SIGTERM');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });

    const { output, errors } = gateway.written();
    expect(output.split(`"msg":${message}`).length).toBeGreaterThan(FAULTS.length + 1);
    expect(output + errors).not.toMatch(/marked|bearer/i);
    // The same word as a library logs bytes: [109, 97, 114, 107, 101, 100].
    expect(output).not.toContain([...Buffer.from('marked')].join(','));
  });
});
