/** The metrics of all workers, read through any of them. A worker reaches only the primary, which queries them all. */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { z } from 'zod';
import { mergeExpositions } from './exposition.ts';

/** A worker that takes longer is left out. A scrape waits longer: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
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
 * Answers each worker that requests the metrics of all. Called once, in the primary. `listening` returns the workers to
 * query, and `own` the metrics of the primary itself.
 */
export function answerForAll(listening: () => Iterable<Worker>, own: () => string): void {
  const asked = new Map<number, (text: string) => void>();
  let last = 0;

  /** Reads the metrics of one worker; empty when it ends meanwhile, or is too busy to answer. */
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
    // If the worker has ended meanwhile, so have its connections: a failure to send is ignored.
    worker.send({ kind: 'metrics of all', id, texts: [...texts, own()] }, () => undefined);
  }

  cluster.on('message', (worker, message: unknown) => {
    const { data } = toPrimary.safeParse(message);
    if (data?.kind === 'metrics wanted') void tell(worker, data.id);
    if (data?.kind === 'metrics counted') asked.get(data.id)?.(data.text);
  });
}

const nobodyToTell = (): void => {};

/** Lets the primary read this worker's metrics by `own`. Called once per worker. Returns a reader of all metrics. */
export function readForAll(own: () => Promise<string>): () => Promise<string> {
  const wanted = new Map<number, (text: string) => void>();
  let last = 0;

  async function say(id: number): Promise<void> {
    const text = await own();
    // The primary may have ended by now, so a failure to send is ignored.
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
