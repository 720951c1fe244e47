/** The variables of the change feed and of the state that replicas share. */
import { z } from 'zod';
import { readEncryptionCertificate } from '../msgraph/notifications/encrypted-content.ts';
import { readRedisAddress } from '../store/redis-address.ts';
import { safeOrigin } from './address.ts';
import { certificateFile, fileOf, readBy } from './file.ts';
import { defaulted, list, optional, wholeNumber } from './variable.ts';

const key = z
  .base64()
  .transform((base64) => Buffer.from(base64, 'base64'))
  .refine((bytes) => bytes.byteLength === 32);

const redisAddress = readBy((url) => {
  readRedisAddress(url);
  return url;
});

const certificate = fileOf(readEncryptionCertificate);

/** The variables of sealing keys, Redis, notifications and change tracking. */
export const feedVariables = {
  SEALING_KEYS: optional({
    schema: list.pipe(z.tuple([key], key)),
    expected: 'keys of 32 bytes in Base64, separated by commas',
    remedy: `Create a key with node -p "crypto.randomBytes(32).toString('base64')".`,
    unset: 'a random key, which replicas share through Redis',
    does: 'Seals cursors, feed tokens, links to content and the state that Graph returns with notifications. The first key seals; all keys open. Replicas must share the same keys, and sealed values stay valid after a restart only with the same keys.',
    secret: true,
  }),
  REDIS_URL: optional({
    schema: redisAddress,
    expected: 'redis://host:port or rediss://host:port, optionally with a user, a password and a database number',
    unset: 'the memory of this process',
    does: 'Stores what replicas share: the feed, the cache of `CACHE_TTL_MS`, and the data that links to content need. With real credentials, every replica also needs the same `SEALING_KEYS`.',
    secret: true,
  }),
  REDIS_CA_FILE: certificateFile('Trusts an additional certificate authority for connections to Redis.'),
  REDIS_PREFIX: defaulted({
    schema: z.string().regex(/^[\w:.-]{1,100}$/),
    default: 'gateway:',
    expected: 'at most 100 letters, digits and the characters - _ : .',
    does: 'Sets the prefix of all keys in Redis. Gateways with the same prefix share everything.',
  }),
  PUBLIC_URL: optional({
    schema: safeOrigin,
    expected: 'an https origin without a path, or a loopback origin over http',
    unset: 'the address where the gateway listens; no notifications, except with the embedded emulator',
    does: 'Sets the public origin of the gateway. Links to content begin with it, and Graph sends notifications of new recordings to `/notifications` under it. Without it, rounds of change tracking run on a schedule only.',
  }),
  NOTIFICATION_CERTIFICATE_FILES: defaulted({
    schema: list.pipe(z.array(certificate)),
    default: [],
    expected: 'paths of readable PEM files, separated by commas, each with a certificate and its private key',
    unset: 'none',
    does: 'Requests notifications with content, encrypted for the first certificate. Notifications of recordings are then accepted only if Microsoft has signed them. All certificates decrypt, so that they can be rotated.',
  }),
  DELTA_INTERVAL_MS: wholeNumber(
    { from: 100, to: 3_600_000, default: 15_000 },
    'Sets the time until the next round of change tracking after a round that found something, in milliseconds, while an organizer has subscribers. After each round that finds nothing, the time grows.',
  ),
  DELTA_LONGEST_INTERVAL_MS: wholeNumber(
    { from: 100, to: 86_400_000, default: 300_000 },
    'Sets the longest time between two rounds, in milliseconds. If Graph sends notifications, this is the usual time.',
  ),
};
