/** The processes of every measurement: the stand-in for Graph, and the load generator. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { endWithUs, inTime, startServer } from '../child.ts';
import { loadReport } from './slice.ts';
import type { LoadReport, Slice } from './slice.ts';

const counted = z.object({ requests: z.int(), parts: z.int() });

/** A slow contestant may take this long for all concurrent operations on a busy machine. */
const LONGEST_SLICE_MS = 60_000;

export interface GraphStandIn {
  readonly url: string;
  /** Sets the latency of every answer; resolves to the requests counted since the last call. */
  readonly recount: (latencyMs: number) => Promise<z.output<typeof counted>>;
  readonly stop: () => Promise<void>;
}

export type SliceOutcome = Extract<LoadReport, { readonly kind: 'done' }>;

export interface Load {
  /** Resolves when the slice is over. Rejects when an answer is wrong or missing. */
  readonly carryOut: (slice: Slice) => Promise<SliceOutcome>;
  readonly stop: () => Promise<void>;
}

/** Starts the stand-in for Graph. Resolves when it listens. */
export async function startGraph(): Promise<GraphStandIn> {
  const { url, stop } = await startServer({
    program: fileURLToPath(new URL('graph.ts', import.meta.url)),
    environment: {},
    listeningLine: 'listening',
  });
  return {
    url,
    stop,
    async recount(latencyMs) {
      const response = await fetch(`${url}/control?latencyMs=${latencyMs}`, { method: 'POST' });
      return counted.parse(await response.json());
    },
  };
}

/** Starts the load generator. Resolves when it accepts slices. */
export async function startLoad(): Promise<Load> {
  const child = fork(fileURLToPath(new URL('load.ts', import.meta.url)));
  const stop = endWithUs(child);

  async function told(what: string, longestMs?: number): Promise<LoadReport> {
    const said = Promise.withResolvers<unknown>();
    child.once('message', said.resolve);
    return loadReport.parse(await inTime(said.promise, what, longestMs));
  }

  await told('the load generator to start');
  return {
    stop,
    async carryOut(slice) {
      child.send(slice);
      const said = await told(
        `${slice.url} to answer ${slice.job} with ${slice.concurrency} at once`,
        LONGEST_SLICE_MS,
      );
      if (said.kind === 'done') return said;
      throw new Error(
        said.kind === 'failed' ? said.reason : `Expected the report "done", but received "${said.kind}".`,
      );
    },
  };
}
