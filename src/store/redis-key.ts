/** What is called how in Redis. */

/** The name of one part of what a store keeps under a key. */
export type RedisKey = (key: string, part: 'log' | 'records' | 'lease' | 'fence' | 'waiting' | 'note') => string;

/**
 * Gives everything of a store names that begin with `prefix`. All parts of one key are in one slot, because only what is in
 * braces decides on it: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
 */
export function createRedisKey(prefix: string): RedisKey {
  return (key, part) => `${prefix}{${key.replaceAll(/[%{}]/g, encodeURIComponent)}}:${part}`;
}
