/** The leases of a store in Redis: the holder, its expiry, the fencing token, and the holders that wait. */
import { z } from 'zod';
import type { RedisCommands } from './redis-commands.ts';
import type { RedisKey } from './redis-key.ts';
import type { Store } from './store.ts';

/** Reads the time of Redis, so that the clocks of the replicas need not agree. */
const NOW = `
local time = redis.call('TIME')
local nowUs = time[1] * 1000000 + time[2]
local nowMs = math.floor(nowUs / 1000)
`;

// A new token is no less than the time, so that tokens grow even when Redis has lost the previous one.
const TAKE = `${NOW}
local lease, fence, waiting = unpack(KEYS)
local holder, ttlMs, fenceKeptMs = unpack(ARGV)
local present = redis.call('GET', lease)
redis.call('ZREMRANGEBYSCORE', waiting, '-inf', nowMs)
if present and present ~= holder then
  redis.call('ZADD', waiting, nowMs + ttlMs, holder)
  if redis.call('PTTL', waiting) < tonumber(ttlMs) then redis.call('PEXPIRE', waiting, ttlMs) end
  return false
end
redis.call('ZREM', waiting, holder)
redis.call('SET', lease, holder, 'PX', ttlMs)
local token = tonumber(redis.call('GET', fence) or 0)
if not present or token == 0 then token = math.max(token + 1, nowUs) end
redis.call('SET', fence, string.format('%d', token), 'PX', fenceKeptMs)
return token
`;

const IS_WANTED = `${NOW}
local others = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%d', nowMs), '+inf', 'LIMIT', 0, 2)
for _, other in ipairs(others) do
  if other ~= ARGV[1] then return 1 end
end
return 0
`;

const RELEASE = `
local lease, waiting = unpack(KEYS)
if redis.call('GET', lease) == ARGV[1] then redis.call('DEL', lease) end
return redis.call('ZREM', waiting, ARGV[1])
`;

const fenceAnswer = z.int().nullable();
const countAnswer = z.int();

/** Creates the leases of a store. A fencing token is remembered for `fenceKeptMs` after its lease has ended. */
export function createRedisLeases(
  redis: RedisCommands,
  keyOf: RedisKey,
  fenceKeptMs: number,
): Pick<Store, 'lease' | 'isLeaseWanted' | 'releaseLease'> {
  return {
    lease: (key, holder, ttlMs) =>
      redis.run(
        fenceAnswer,
        TAKE,
        [keyOf(key, 'lease'), keyOf(key, 'fence'), keyOf(key, 'waiting')],
        [holder, ttlMs, ttlMs + fenceKeptMs],
      ),

    isLeaseWanted: async (key, holder) =>
      (await redis.run(countAnswer, IS_WANTED, [keyOf(key, 'waiting')], [holder])) > 0,

    async releaseLease(key, holder) {
      await redis.run(countAnswer, RELEASE, [keyOf(key, 'lease'), keyOf(key, 'waiting')], [holder]);
    },
  };
}
