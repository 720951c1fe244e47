import { expect, it } from 'vitest';
import { isLoopback } from '../src/loopback.ts';

it.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.255.1.2', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['[::ffff:7f00:1]', true],
  ['', false],
  ['localhost.', false],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['128.0.0.1', false],
  ['[::ffff:a00:1]', false],
  ['graph.microsoft.com', false],
])('The host %j is this machine: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
