/**
 * Program without a gateway: an application that uses Microsoft's client directly. It is written for each job, as the
 * limit is, with explicit `$batch`, behind the same bare server, so it can be queried like the others.
 */
import { Client } from '@microsoft/microsoft-graph-client';
import { serveAnswers } from '../queries/bare-server.ts';
import { readSettings } from '../queries/settings.ts';

const { port, graphUrl } = readSettings();
const client = Client.init({
  baseUrl: `${graphUrl}/`,
  defaultVersion: 'v1.0',
  authProvider: (done) => done(null, 'bench'),
  customHosts: new Set(['127.0.0.1']),
});

async function get<Value>(path: string): Promise<Value> {
  const value: Value = await client.api(path).get();
  return value;
}

async function getTwenty<Value>(paths: readonly string[]): Promise<Value[]> {
  const { responses }: { responses: readonly { id: string; body: Value }[] } = await client
    .api('/$batch')
    .post({ requests: paths.map((url, index) => ({ id: String(index), method: 'GET', url })) });
  const values: Value[] = [];
  for (const response of responses) values[Number(response.id)] = response.body;
  return values;
}

serveAnswers({ get, getTwenty }, port);
