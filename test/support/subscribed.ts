/** A gateway that Graph notifies, by a driven clock. */
import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';
import { z } from 'zod';
import { createDrivenClock } from './clock.ts';
import type { DrivenClock } from './clock.ts';
import { startGateway } from './gateway.ts';
import type { TestGateway, TestGatewayOptions } from './gateway.ts';
import { LISTEN, listen } from './live.ts';
import type { Listening } from './live.ts';

export interface Subscribed {
  readonly gateway: TestGateway;
  readonly clock: DrivenClock;
  readonly organizer: string;
  readonly listen: (gateway?: TestGateway) => Listening;
  /** The requests about subscriptions that have reached Graph, as `POST`, `PATCH` or `DELETE`. */
  readonly changes: () => string[];
  /** How many rounds have been begun. */
  readonly rounds: () => number;
  readonly record: () => string;
}

/** Starts a gateway that keeps a subscription at the emulator for whom somebody listens to: one organizer of one recording. */
export async function startSubscribed({
  clock = createDrivenClock(),
  ...options
}: TestGatewayOptions & { readonly clock?: DrivenClock } = {}): Promise<Subscribed> {
  const gateway = await startGateway({ clock, tenant: { users: 1, meetings: 1, recordings: 1 }, ...options });
  const { emulator } = gateway;
  const organizer = emulator.tenant.users[0]?.id ?? '';
  return {
    gateway,
    clock,
    organizer,
    listen: ({ url } = gateway) => listen(LISTEN, { door: 'events', url, variables: { organizer, since: 'now' } }),
    changes: () =>
      emulator.requests.flatMap(({ method, url }) =>
        url.includes('/subscriptions') && method !== 'GET' ? [method] : [],
      ),
    rounds: () => emulator.requests.filter(({ url }) => url.includes('/delta')).length,
    record: () => emulator.addRecording().id,
  };
}

/** Listens until the subscription at Graph stands and the round after it is over. */
export async function settle({ clock, listen: begin, rounds }: Subscribed): Promise<Listening> {
  const listening = begin();
  await listening.next();
  await clock.waiting(1_000);
  clock.advance(1_000);
  await expect.poll(rounds).toBe(2);
  // The next is for what Graph forgets.
  return listening;
}

/** Lets time pass little by little, so that the lease is kept. */
export async function pass({ clock }: Pick<Subscribed, 'clock'>, seconds: number): Promise<void> {
  for (let second = 1; second <= seconds; second += 1) {
    clock.advance(1_000);
    await setImmediate();
  }
}

const subscriptions = z.object({ value: z.array(z.object({ id: z.string(), clientState: z.string() })) });

/** The subscriptions that Graph has. */
export async function subscriptionsOf({
  gateway,
}: Pick<Subscribed, 'gateway'>): Promise<z.output<typeof subscriptions>['value']> {
  const response = await fetch(`${gateway.emulator.url}/v1.0/subscriptions`, {
    headers: { authorization: 'Bearer any' },
  });
  return subscriptions.parse(await response.json()).value;
}
