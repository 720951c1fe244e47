import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../src/emulator/emulator.ts';
import type { Emulator } from '../src/emulator/emulator.ts';
import { startBalancer } from './support/balancer.ts';
import type { Balancer } from './support/balancer.ts';
import { addShortRecording } from './support/content.ts';
import { startProcess } from './support/process.ts';
import type { GatewayProcess } from './support/process.ts';
import { hasRedis, redisNote, startRedis } from './support/redis.ts';
import { startSubscriber } from './support/subscriber.ts';
import { startTraffic } from './support/traffic.ts';

const SUBSCRIBERS = 20;
const RESTARTS = 20;
const TIMEOUT_MS = 240_000;

interface Replica {
  readonly process: GatewayProcess;
  readonly origin: string;
}

interface Setting {
  readonly emulator: Emulator;
  readonly balancer: Balancer;
  /** Starts a replica. Resolves when the balancer sends requests to it. */
  readonly start: () => Promise<Replica>;
  /** Stops a replica. Resolves when it has exited and the balancer no longer uses it. */
  readonly end: (replica: Replica) => Promise<void>;
}

async function prepare(environment: Readonly<Record<string, string>> = {}): Promise<Setting> {
  const emulator = await createEmulator({ tenant: { users: 2, meetings: 4, recordings: 6 } });
  onTestFinished(() => emulator.close());
  const redis = await startRedis();
  const balancer = await startBalancer();

  async function start(): Promise<Replica> {
    const process = await startProcess({
      environment: {
        PORT: '0',
        LOG_LEVEL: 'info',
        PLAYGROUND: 'false',
        PUBLIC_URL: balancer.url,
        REDIS_URL: redis.url,
        SEALING_KEYS: Buffer.alloc(32, 7).toString('base64'),
        GRAPH_BASE_URL: emulator.url,
        GRAPH_TOKEN: 'emulator',
        DELTA_INTERVAL_MS: '200',
        DELTA_LONGEST_INTERVAL_MS: '500',
        DRAIN_DELAY_MS: '1000',
        ...environment,
      },
    });
    const { graphql } = await process.logged('listening');
    const replica = { process, origin: new URL(String(graphql)).origin };
    await balancer.add(replica.origin);
    return replica;
  }

  async function end({ process, origin }: Replica): Promise<void> {
    process.send('SIGTERM');
    expect(await process.exit).toEqual({ code: 0, signal: null });
    balancer.remove(origin);
  }

  return { emulator, balancer, start, end };
}

describe.skipIf(!hasRedis())(`Two replicas behind a balancer (${redisNote})`, () => {
  it(
    `are replaced ${RESTARTS} times under load, and no query, no stream and no event is lost`,
    async () => {
      const { emulator, balancer, start, end } = await prepare();
      const running = await Promise.all([start(), start()]);
      const traffic = startTraffic(balancer.url, addShortRecording({ emulator }));
      const organizers = emulator.tenant.users.map(({ id }) => id);
      const listening = Array.from({ length: SUBSCRIBERS }, (_, index) => {
        const organizer = organizers[index % organizers.length] ?? '';
        const subscriber = startSubscriber(organizer, () => balancer.url);
        onTestFinished(() => subscriber.stop());
        return { organizer, subscriber };
      });

      let ended = Promise.resolve();
      for (let restart = 0; restart < RESTARTS; restart += 1) {
        const told = emulator.addRecording();
        const next = start();
        const those = listening.filter(({ organizer }) => organizer === told.organizerId);
        await those[restart % those.length]?.subscriber.has(told.id);
        running.push(await next);
        await ended;
        const leaving = running.shift();
        // The next replica starts while this one stops, so two are running at any time.
        if (leaving !== undefined) ended = end(leaving);
        emulator.addRecording();
        emulator.clearRequests();
      }

      await ended;
      await traffic.stop();
      for (const { organizer, subscriber } of listening) {
        const all = emulator.tenant.recordingsOfOrganizer(organizer).map(({ id }) => id);
        await subscriber.has(all.at(-1) ?? '');
        expect(subscriber.heard).toEqual(all);
      }
      expect(traffic.failures).toEqual([]);
      expect(balancer.lost).toBe(0);
      expect(traffic.counts.queries).toBeGreaterThan(RESTARTS);
      expect(traffic.counts.streams).toBeGreaterThan(RESTARTS);
      // Each subscriber has reconnected with its newest token more than once.
      expect(Math.min(...listening.map(({ subscriber }) => subscriber.returns))).toBeGreaterThan(1);
    },
    TIMEOUT_MS,
  );
});
