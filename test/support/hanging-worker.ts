/** A worker for tests: as many as its command line says answer pings and listen; the others hang before that. */
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { answerPings } from '../../src/workers/pings.ts';

const [, , number, listening] = process.argv;
if (Number(number) <= Number(listening)) {
  answerPings();
  createServer().listen(0, '127.0.0.1');
} else {
  writeSync(1, 'hangs\n');
  // Nothing ever wakes it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
