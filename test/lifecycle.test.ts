import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { json } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../src/emulator/emulator.ts';
import type { Emulator } from '../src/emulator/emulator.ts';
import { startProcess } from './support/process.ts';
import type { GatewayProcess, ProcessOptions } from './support/process.ts';

/** Long enough that no operation is cut off before a test would have failed. */
const PATIENT = { OPERATION_TIMEOUT_MS: '600000' };

interface Running extends GatewayProcess {
  readonly emulator: Emulator;
  /** The origin that the gateway announced. */
  readonly url: string;
}

/** Starts an emulator in this process, so that requests can be held, and a gateway process over it. */
async function startOverEmulator(options: ProcessOptions = {}): Promise<Running> {
  const emulator = await createEmulator({ tenant: { users: 1, meetings: 1, recordings: 1 } });
  onTestFinished(() => emulator.close());
  const process = await startProcess({
    ...options,
    environment: { PORT: '0', GRAPH_BASE_URL: emulator.url, GRAPH_TOKEN: 'a-fixed-token', ...options.environment },
  });
  const { graphql } = await process.logged('listening');
  return { ...process, emulator, url: new URL(String(graphql)).origin };
}

interface Answer {
  readonly status: number | undefined;
  readonly connection: string | undefined;
  readonly body: unknown;
}

/** Sends a request over a keep-alive connection, as proxies and browsers do. */
async function get(agent: Agent, url: string): Promise<Answer> {
  const [response] = await once(request(url, { agent }).end(), 'response');
  return { status: response.statusCode, connection: response.headers.connection, body: await json(response) };
}

function keepAliveAgent(): Agent {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  return agent;
}

function nameOf({ emulator }: Running): { readonly query: string; readonly answer: unknown } {
  const [user] = emulator.tenant.users;
  return {
    query: `/graphql?query=${encodeURIComponent(`{ user(id: "${user?.id}") { displayName } }`)}`,
    answer: { data: { user: { displayName: user?.displayName } } },
  };
}

/** The outcome of a new connection: accepted, or an error code. */
async function connectionTo(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const outcome = await new Promise<string>((resolve) => {
    socket.once('connect', () => resolve('accepted'));
    socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
  });
  socket.destroy();
  return outcome;
}

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

describe('The gateway at its start', () => {
  it('uses the embedded emulator when nothing is configured, and logs the URLs of its endpoints', async () => {
    const gateway = await startProcess({ environment: { PORT: '0' } });
    const { graphql, health, playground, viewer, graph } = await gateway.logged('listening');
    expect(graph).toBe('the embedded emulator of Microsoft Graph');
    const answers = await Promise.all([
      fetch(`${String(graphql)}?query={__typename}`).then((response) => response.json()),
      fetch(String(health)).then(({ status }) => status),
      fetch(String(playground)).then(({ status }) => status),
      fetch(String(viewer)).then(({ status }) => status),
    ]);
    expect(answers).toEqual([{ data: { __typename: 'Query' } }, 200, 200, 200]);
    gateway.send('SIGTERM');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.written().errors).toBe('');
  });

  it.skipIf(!hasIPv6)('says an origin that can be asked when it listens on every address of IPv6', async () => {
    const gateway = await startOverEmulator({ environment: { HOST: '::' } });
    expect(new URL(gateway.url).hostname).toBe('[::1]');
    const { query, answer } = nameOf(gateway);
    expect(await get(keepAliveAgent(), gateway.url + query)).toMatchObject({ body: answer });
  });

  it('keeps serving, and drains, after the reader of its log has closed the pipe', async () => {
    const gateway = await startOverEmulator();
    gateway.stopReading();
    const { query, answer } = nameOf(gateway);
    const agent = keepAliveAgent();
    expect(await get(agent, gateway.url + query)).toMatchObject({ body: answer });
    // By the time that the next is answered, writing the line of the first has failed.
    expect(await get(agent, gateway.url + query)).toMatchObject({ body: answer });
    gateway.send('SIGTERM');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.written().errors).toBe('');
  });

  it('reports every error in the environment on its own line, and exits with 1', async () => {
    const gateway = await startProcess({
      environment: { PORT: 'four thousand', AZURE_CLIENT_SECRET: 'marked-secret' },
    });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    const { output, errors } = gateway.written();
    expect(output).toBe('');
    expect(
      errors
        .trimEnd()
        .split('\n')
        .map((line) => line.split(':', 1)[0]),
    ).toEqual(['PORT', 'AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'CALLER_AUDIENCES']);
    expect(errors).not.toContain('marked-secret');
  });

  it('warns of a misspelled variable, without its value', async () => {
    const gateway = await startProcess({ environment: { PORT: '0', CORS_ORIGIN: 'marked-value' } });
    const { level, variable } = await gateway.logged(
      'A variable has no effect, because the gateway has none of this name. Did you mean CORS_ORIGINS?',
    );
    expect({ level, variable }).toEqual({ level: 'warn', variable: 'CORS_ORIGIN' });
    expect(gateway.written().output).not.toContain('marked-value');
  });

  it('reports that its port is in use, and exits with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const address = other.address();
    const port = address instanceof Object ? address.port : 0;
    const gateway = await startProcess({ environment: { PORT: String(port) } });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.written().errors).toBe(
      `PORT: port ${port} of 127.0.0.1 is already in use. Stop the process that uses it, or set PORT to another port; 0 selects a free one.\n`,
    );
  });

  it('reports that it cannot listen on an address that the machine does not have, and exits with 1', async () => {
    // An address for documentation, which no machine has: https://www.rfc-editor.org/rfc/rfc5737
    const gateway = await startProcess({ environment: { PORT: '0', HOST: '192.0.2.1' } });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.written().errors).toMatch(/^HOST, PORT: cannot listen on port 0 of 192\.0\.2\.1 .*EADDRNOTAVAIL/);
  });
});

describe('The gateway at its end', () => {
  it.each([
    ['SIGTERM to npm', 'SIGTERM', 'first'],
    ['SIGINT to npm', 'SIGINT', 'first'],
    ['Ctrl-C in a terminal, which reaches every process', 'SIGINT', 'all'],
  ] as const)('completes requests in flight and leaves no process behind, on %s', async (_, signal, to) => {
    const gateway = await startOverEmulator({ throughNpm: true, environment: PATIENT });
    const { query, answer } = nameOf(gateway);
    const agent = keepAliveAgent();
    expect(await get(agent, `${gateway.url}/healthz`)).toMatchObject({ status: 200, connection: 'keep-alive' });
    const hold = gateway.emulator.hold({ path: '/users/' });
    const inFlight = get(agent, gateway.url + query);
    await hold.arrived(1);
    gateway.send(signal, to);
    await gateway.logged('draining');
    // npm forwards the signal as well, and a second signal must not cut the shutdown short.
    gateway.send(signal, to);
    await expect.poll(() => connectionTo(gateway.url), { timeout: 20_000 }).toBe('ECONNREFUSED');
    expect(gateway.isAlive()).toBe(true);
    hold.release();
    expect(await inFlight).toEqual({ status: 200, connection: 'close', body: answer });
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.isAlive()).toBe(false);
    const { output, errors } = gateway.written();
    expect(output.match(/"msg":"(draining|ended)"/g)).toEqual(['"msg":"draining"', '"msg":"ended"']);
    expect(errors).toBe('');
  });

  it('does not wait for idle connections', async () => {
    const gateway = await startOverEmulator({ environment: PATIENT });
    const agent = keepAliveAgent();
    await Promise.all([1, 2, 3].map(() => get(agent, `${gateway.url}/healthz`)));
    const { hostname, port } = new URL(gateway.url);
    const silent = connect(Number(port), hostname);
    onTestFinished(() => void silent.destroy());
    await once(silent, 'connect');
    gateway.send('SIGTERM');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
  });

  it('waits for a response of Graph only until the operation timeout', async () => {
    const gateway = await startOverEmulator({ environment: { OPERATION_TIMEOUT_MS: '3000' } });
    const hold = gateway.emulator.hold({ path: '/users/' });
    const inFlight = get(keepAliveAgent(), gateway.url + nameOf(gateway).query);
    await hold.arrived(1);
    gateway.send('SIGTERM');
    expect(JSON.stringify(await inFlight)).toContain('UPSTREAM_TIMEOUT');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
  });

  it('does not wait for a client that never finishes its request', async () => {
    const gateway = await startOverEmulator({ environment: { OPERATION_TIMEOUT_MS: '100' } });
    const { hostname, port } = new URL(gateway.url);
    const slow = connect(Number(port), hostname);
    const cut = once(slow, 'close');
    slow.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    // The gateway answers this request only after it has read the half-sent one.
    await once(slow, 'ready');
    await get(keepAliveAgent(), `${gateway.url}/healthz`);
    gateway.send('SIGTERM');
    await cut;
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
  });
});
