import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createFile, sendFile } from './file.ts';
import type { File } from './file.ts';
import { errorBody } from './refusal.ts';

interface Viewer {
  /** Where the viewer was built to: `index.html` and `assets/`. */
  readonly folder: string;
  /** The origins under which links to content are made. Asked for each page, because the own one is known only then. */
  readonly contentOrigins: () => readonly string[];
  /** Whose recordings are shown where nobody is named; null where the page asks. */
  readonly demoOrganizerId: string | null;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const NOT_BUILT =
  'The viewer is not built. Run "npm ci" with its development dependencies, or "node web/build.ts" where they are there, and start the gateway again.';

function readFile(path: string): File {
  return createFile(readFileSync(path), TYPES[extname(path)] ?? 'application/octet-stream');
}

/** What was built, by its path below `/watch`; null where nothing was. */
function readViewer(folder: string): { readonly page: File; readonly assets: ReadonlyMap<string, File> } | null {
  try {
    const page = readFile(join(folder, 'index.html'));
    const names = readdirSync(join(folder, 'assets'));
    return { page, assets: new Map(names.map((name) => [name, readFile(join(folder, 'assets', name))])) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * What the page may do: run and be styled by what was built, ask this gateway, play videos from where their links lead, and ask why
 * one does not play.
 * https://www.w3.org/TR/CSP3/
 */
function contentSecurityPolicy(contentOrigins: readonly string[]): string {
  const ownAndContent = ["'self'", ...contentOrigins].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src ${ownAndContent}`,
    `media-src ${ownAndContent}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Opens the viewer at `/watch`, to which `/watch/` leads: a page of the gateway's own, read into memory at the start. Where it was not built, the path
 * answers 404 and says how to build it; nothing else depends on it.
 */
export function registerViewer(app: FastifyInstance, { folder, contentOrigins, demoOrganizerId }: Viewer): void {
  const viewer = readViewer(folder);
  if (viewer === null) {
    app.get('/watch', async (_, reply) => reply.code(404).send(errorBody(NOT_BUILT)));
    return;
  }

  app.get('/watch/', async ({ url }, reply) => reply.redirect(`/watch${URL.parse(url, 'http://-')?.search ?? ''}`));

  app.get<{ Querystring: { organizer?: unknown } }>('/watch', async (request, reply) => {
    if (demoOrganizerId !== null && request.query.organizer === undefined) {
      return reply.redirect(`/watch?organizer=${encodeURIComponent(demoOrganizerId)}`);
    }
    void reply.headers({
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
      'content-security-policy': contentSecurityPolicy(contentOrigins()),
    });
    return sendFile(request, reply, viewer.page);
  });

  app.get<{ Params: { name: string } }>('/watch/assets/:name', async (request, reply) => {
    const asset = viewer.assets.get(request.params.name);
    if (asset === undefined) {
      reply.callNotFound();
      return reply;
    }
    // Their names change with what is in them.
    void reply.headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' });
    return sendFile(request, reply, asset);
  });
}
