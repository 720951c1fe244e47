/** The variables of the change feed and of the state that replicas share. */
import { z } from 'zod';
import { readEncryptionCertificate } from '../msgraph/encrypted-content.ts';
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
    remedy: `Make one with node -p "crypto.randomBytes(32).toString('base64')".`,
    unset: 'a random key, the same for all who share a Redis',
    does: 'Seal cursors, tokens of the feed, links to content and what Graph brings back with notifications: the first seals, all open. Replicas need the same keys, and so does whatever is to outlive a restart.',
    secret: true,
  }),
  REDIS_URL: optional({
    schema: redisAddress,
    expected:
      'redis://host:port or rediss://host:port, with user, password and number of the database where there are any',
    unset: 'the memory of this process',
    does: 'Where replicas share the feed, what `CACHE_TTL_MS` keeps, and what links to content need. With real credentials it needs `SEALING_KEYS`, the same for each.',
    secret: true,
  }),
  REDIS_CA_FILE: certificateFile('A certificate authority to trust toward Redis, beside the usual ones.'),
  REDIS_PREFIX: defaulted({
    schema: z.string().regex(/^[\w:.-]{1,100}$/),
    default: 'gateway:',
    expected: 'letters, digits, and the signs - _ : .',
    does: 'What the names of all keys in Redis begin with. Gateways with the same one share everything.',
  }),
  PUBLIC_URL: optional({
    schema: safeOrigin,
    expected: 'an https origin without a path, or a loopback one over http',
    unset: 'where it listens; for notifications none, but over the embedded emulator',
    does: 'Under which origin this gateway is reached: links to content lead there, and Graph says at its `/notifications` that there are new recordings. Without it rounds of change tracking are due by the clock alone.',
  }),
  NOTIFICATION_CERTIFICATE_FILES: defaulted({
    schema: list.pipe(z.array(certificate)),
    default: [],
    expected: 'paths of readable files, separated by commas, each with a certificate and its private key in PEM',
    unset: 'none',
    does: 'With it notifications bring what they are about, encrypted for the first certificate, and those of a recording count only if Microsoft has signed them. All of them decrypt, so that they can be changed.',
  }),
  DELTA_INTERVAL_MS: wholeNumber(
    { from: 100, to: 3_600_000, default: 15_000 },
    'How long after a round of change tracking that found something the next is due, in milliseconds, while somebody listens. Rounds that find nothing are followed later and later.',
  ),
  DELTA_LONGEST_INTERVAL_MS: wholeNumber(
    { from: 100, to: 86_400_000, default: 300_000 },
    'The longest time between two rounds, in milliseconds, and the usual one where Graph notifies.',
  ),
};
