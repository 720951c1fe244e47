/** Sends commands and scripts to Redis, and validates its replies. */
import { createHash } from 'node:crypto';
import { ErrorReply } from '@redis/client';
import type { z } from 'zod';
import type { RedisAddress } from './redis-address.ts';
import type { RedisConnection } from './redis-connection.ts';
import { redisFailure } from './redis-failure.ts';

export interface RedisCommands {
  /** Sends one command. Rejects with a `StoreError`, also when the reply has another shape. */
  ask<Answer>(shape: z.ZodType<Answer>, ...command: readonly string[]): Promise<Answer>;
  /**
   * Runs a script atomically. It finds `keys` in `KEYS`, the only ones that it may touch, and `args` in `ARGV`. Rejects
   * as `ask` does.
   */
  run<Answer>(
    shape: z.ZodType<Answer>,
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<Answer>;
}

/** Creates the commands of a connection. */
export function createRedisCommands(connection: RedisConnection, address: RedisAddress): RedisCommands {
  async function runScript(script: string, rest: readonly string[]): Promise<unknown> {
    const hash = createHash('sha1').update(script).digest('hex');
    try {
      return await connection.send(['EVALSHA', hash, ...rest]);
    } catch (error) {
      // Redis does not have the script cached. EVAL sends it as a whole, and Redis caches it.
      if (!(error instanceof ErrorReply && error.message.startsWith('NOSCRIPT'))) throw error;
      return connection.send(['EVAL', script, ...rest]);
    }
  }

  async function parsed<Answer>(shape: z.ZodType<Answer>, answer: Promise<unknown>): Promise<Answer> {
    try {
      return shape.parse(await answer);
    } catch (error) {
      throw redisFailure(error, address);
    }
  }

  return {
    ask: (shape, ...command) => parsed(shape, connection.send(command)),
    run: (shape, script, keys, args) =>
      parsed(shape, runScript(script, [String(keys.length), ...keys, ...args.map(String)])),
  };
}
