/** What everybody who answers is told, and may use. */
import { z } from 'zod';

/** How many connections to Graph each may have open at once: as many as operations come at once at most. */
export const CONNECTIONS = 256;

const settings = z.object({ PORT: z.coerce.number(), GRAPH_BASE_URL: z.string() });

/** What the environment tells each of these programs: where to listen, and where Graph is. Throws when it does not. */
export function readSettings(): { readonly port: number; readonly graphUrl: string } {
  // Each is a program of its own, and is told what it needs as every server is.
  // oxlint-disable-next-line node/no-process-env
  const { PORT, GRAPH_BASE_URL } = settings.parse(process.env);
  return { port: PORT, graphUrl: GRAPH_BASE_URL };
}
