/** The settings and resources of every contestant. */
import { z } from 'zod';

/** Open connections to Graph allowed to each contestant: the highest number of concurrent operations. */
export const CONNECTIONS = 256;

const settings = z.object({ PORT: z.coerce.number(), GRAPH_BASE_URL: z.string() });

/** Reads the port and the address of Graph from the environment. Throws when one is missing. */
export function readSettings(): { readonly port: number; readonly graphUrl: string } {
  // Each is a separate program, configured by its environment like every server.
  // oxlint-disable-next-line node/no-process-env
  const { PORT, GRAPH_BASE_URL } = settings.parse(process.env);
  return { port: PORT, graphUrl: GRAPH_BASE_URL };
}
