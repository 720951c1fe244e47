/** The logs of a store in Redis: each is a hash, which holds the names too, and a stream of its newest records. */
import { z } from 'zod';
import type { RedisCommands } from './redis-commands.ts';
import type { RedisKey } from './redis-key.ts';
import type { Retention, Store } from './store.ts';

/** Names are fields of the log's own hash, so that Redis can lose the log and its names only together. */
const nameField = (name: string): string => `name:${name}`;

const APPEND = `
local log, records, fence = unpack(KEYS)
local expectedFence, epoch, version, before, newEpoch, state, mostRecords, idleMs, kind, record = unpack(ARGV, 1, 10)
if expectedFence ~= '' and redis.call('GET', fence) ~= expectedFence then return 'fenced' end
local present = redis.call('HMGET', log, 'epoch', 'version', 'state')
if (present[1] or '') ~= epoch or (present[2] or '0') ~= version or (present[3] or '') ~= before then return 'conflict' end
if version == '0' then
  redis.call('DEL', records)
  redis.call('HSET', log, 'epoch', newEpoch, 'head', 0)
end
redis.call('HSET', log, 'state', state)
local head = redis.call('HINCRBY', log, 'head', kind == 'record' and 1 or 0)
if kind == 'record' then
  redis.call('XADD', records, 'MAXLEN', mostRecords, head .. '-0', 'text', record)
  for i = 11, #ARGV do redis.call('HSETNX', log, ARGV[i], head) end
end
redis.call('PEXPIRE', log, idleMs)
redis.call('PEXPIRE', records, idleMs)
return { redis.call('HINCRBY', log, 'version', 1), head }
`;

const RECORDS_AFTER = `
local log, records = unpack(KEYS)
local epoch, first, most = unpack(ARGV)
local present = redis.call('HMGET', log, 'epoch', 'head')
if present[1] ~= epoch then return false end
local trimmed = tonumber(present[2]) - redis.call('XLEN', records)
if tonumber(first) <= trimmed then return false end
return redis.call('XRANGE', records, first, '+', 'COUNT', most)
`;

const whole = z.string().regex(/^\d+$/).transform(Number);
const appendAnswer = z.union([z.enum(['conflict', 'fenced']), z.tuple([z.int(), z.int()])]);
const stateAnswer = z.union([
  z.tuple([z.null(), z.null(), z.null(), z.null()]).transform(() => null),
  z
    .tuple([z.string(), whole, whole, z.string()])
    .transform(([epoch, version, head, state]) => ({ epoch, version, head, state })),
]);
const recordsAnswer = z
  .array(
    z
      .tuple([z.templateLiteral([z.int(), '-0']), z.tuple([z.literal('text'), z.string()])])
      .transform(([id, [, text]]) => ({ number: Number.parseInt(id, 10), text })),
  )
  .nullable();
const numbersAnswer = z.tuple([z.string().nullable()], whole.nullable());

/** Creates the logs of a store. */
export function createRedisLogs(
  redis: RedisCommands,
  keyOf: RedisKey,
  retention: Retention,
): Pick<Store, 'readLog' | 'append' | 'recordsAfter' | 'numbersOf'> {
  return {
    readLog: (key) => redis.ask(stateAnswer, 'HMGET', keyOf(key, 'log'), 'epoch', 'version', 'head', 'state'),

    async append(key, { after, fence, epoch, state, record, names }) {
      const answer = await redis.run(
        appendAnswer,
        APPEND,
        [keyOf(key, 'log'), keyOf(key, 'records'), keyOf(key, 'fence')],
        [
          fence ?? '',
          after?.epoch ?? '',
          after?.version ?? 0,
          after?.state ?? '',
          epoch,
          state,
          retention.records,
          retention.idleMs,
          record === null ? 'state alone' : 'record',
          record ?? '',
          ...names.map(nameField),
        ],
      );
      if (answer === 'conflict' || answer === 'fenced') return answer;
      const [version, head] = answer;
      return { epoch: after?.epoch ?? epoch, version, head, state };
    },

    recordsAfter: (key, epoch, number, most) =>
      redis.run(recordsAnswer, RECORDS_AFTER, [keyOf(key, 'log'), keyOf(key, 'records')], [epoch, number + 1, most]),

    async numbersOf(key, epoch, names) {
      const [present, ...numbers] = await redis.ask(
        numbersAnswer,
        'HMGET',
        keyOf(key, 'log'),
        'epoch',
        ...names.map(nameField),
      );
      return present === epoch ? numbers : null;
    },
  };
}
