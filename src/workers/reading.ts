/** What all workers have counted, for whoever asks one of them. They know only the primary, so that it goes round and asks. */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { z } from 'zod';
import { mergeExpositions } from './exposition.ts';

/** Who has not said by then what it has counted is left out. A scrape waits longer: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
const PATIENCE_MS = 2_000;

const toPrimary = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('metrics wanted'), id: z.int() }),
  z.object({ kind: z.literal('metrics counted'), id: z.int(), text: z.string() }),
]);

const toWorker = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('metrics asked'), id: z.int() }),
  z.object({ kind: z.literal('metrics of all'), id: z.int(), texts: z.array(z.string()) }),
]);

/**
 * Has the primary answer each worker that wants what all have counted. Called once in it; `listening` gives those who can be asked,
 * and `own` what the primary has counted itself.
 */
export function answerForAll(listening: () => Iterable<Worker>, own: () => string): void {
  const asked = new Map<number, (text: string) => void>();
  let last = 0;

  /** What one has counted; nothing when it ends meanwhile, or is too busy to say. */
  function read(worker: Worker): Promise<string> {
    const id = (last += 1);
    return new Promise((resolve) => {
      const timer = setTimeout(settle, PATIENCE_MS, '');
      function settle(text: string): void {
        asked.delete(id);
        clearTimeout(timer);
        resolve(text);
      }
      asked.set(id, settle);
      worker.send({ kind: 'metrics asked', id }, (error: Error | null) => {
        if (error !== null) settle('');
      });
    });
  }

  async function tell(worker: Worker, id: number): Promise<void> {
    const texts = await Promise.all(Array.from(listening(), read));
    // Where it has ended meanwhile, its own connections have ended too.
    worker.send({ kind: 'metrics of all', id, texts: [...texts, own()] }, () => undefined);
  }

  cluster.on('message', (worker, message: unknown) => {
    const { data } = toPrimary.safeParse(message);
    if (data?.kind === 'metrics wanted') void tell(worker, data.id);
    if (data?.kind === 'metrics counted') asked.get(data.id)?.(data.text);
  });
}

const nobodyToTell = (): void => {};

/** Has a worker answer for what it counts itself, which `own` reads. Called once in it. Returns what reads the metrics of all. */
export function readForAll(own: () => Promise<string>): () => Promise<string> {
  const wanted = new Map<number, (text: string) => void>();
  let last = 0;

  async function say(id: number): Promise<void> {
    const text = await own();
    // The primary may have ended by now, and then nobody waits for it.
    process.send?.({ kind: 'metrics counted', id, text }, undefined, undefined, nobodyToTell);
  }

  process.on('message', (message: unknown) => {
    const { data } = toWorker.safeParse(message);
    if (data?.kind === 'metrics asked') void say(data.id);
    if (data?.kind === 'metrics of all') {
      wanted.get(data.id)?.(mergeExpositions(data.texts));
      wanted.delete(data.id);
    }
  });
  return () =>
    new Promise((resolve) => {
      const id = (last += 1);
      wanted.set(id, resolve);
      process.send?.({ kind: 'metrics wanted', id }, undefined, undefined, nobodyToTell);
    });
}
