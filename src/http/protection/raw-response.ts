/** Responses to connections that never reach the framework: it writes no headers and no errors for them. */
import { STATUS_CODES } from 'node:http';
import type { errorBody } from '../refusal.ts';

/** Returns the bytes of the last response over a connection, in the form that GraphQL clients read. */
export function rawResponse(
  status: number,
  body: ReturnType<typeof errorBody>,
  headers: Readonly<Record<string, string>>,
): string {
  const text = JSON.stringify(body);
  const all = {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`;
}
