/**
 * Program of the limit: a server written for these jobs only. It sends requests with `undici`, in as few round trips as
 * possible, with its own `$batch` for each twenty, and prints the same JSON as the others.
 */
import { Pool } from 'undici';
import { serveAnswers } from './bare-server.ts';
import { CONNECTIONS, readSettings } from './settings.ts';

const HEADERS = { accept: 'application/json', authorization: 'Bearer bench' };

const { port, graphUrl } = readSettings();
const pool = new Pool(graphUrl, { connections: CONNECTIONS });

async function get<Value>(path: string): Promise<Value> {
  const { body } = await pool.request({ method: 'GET', path: `/v1.0${path}`, headers: HEADERS });
  const value: Value = JSON.parse(await body.text());
  return value;
}

async function getTwenty<Value>(paths: readonly string[]): Promise<Value[]> {
  const { body } = await pool.request({
    method: 'POST',
    path: '/v1.0/$batch',
    headers: { ...HEADERS, 'content-type': 'application/json' },
    body: JSON.stringify({ requests: paths.map((url, index) => ({ id: String(index), method: 'GET', url })) }),
  });
  const { responses }: { responses: readonly { id: string; body: Value }[] } = JSON.parse(await body.text());
  const values: Value[] = [];
  for (const response of responses) values[Number(response.id)] = response.body;
  return values;
}

serveAnswers({ get, getTwenty }, port);
