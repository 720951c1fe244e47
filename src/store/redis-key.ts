/** The names of keys in Redis. */

/** Returns the name of one part of the data under a key of a store. */
export type RedisKey = (key: string, part: 'log' | 'records' | 'lease' | 'fence' | 'waiting' | 'note') => string;

/**
 * Creates the names of a store, which begin with `prefix`. All parts of one key are in one slot, because only the text
 * in braces decides on it: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
 */
export function createRedisKey(prefix: string): RedisKey {
  return (key, part) => `${prefix}{${key.replaceAll(/[%{}]/g, encodeURIComponent)}}:${part}`;
}
