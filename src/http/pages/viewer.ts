/** The built viewer at `/watch`, and its page's content policy. */
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { errorBody } from '../refusal.ts';
import { createFile, sendFile } from './file.ts';
import type { File } from './file.ts';

interface Viewer {
  /** The output of the build: `index.html` and `assets/`. */
  readonly folder: string;
  /** The origins of links to content. Called for each page, because the gateway's own is known only then. */
  readonly contentOrigins: () => readonly string[];
  /** The organizer shown if the URL names none; null if the page asks. */
  readonly demoOrganizerId: string | null;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const NOT_BUILT =
  'The viewer is not built. Run "npm ci" with development dependencies, or "node web/build.ts" if they are installed, and restart the gateway.';

function readFile(path: string): File {
  return createFile(readFileSync(path), TYPES[extname(path)] ?? 'application/octet-stream');
}

/** The built page, and its assets by name; null if nothing was built. */
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
 * The page may run scripts and styles of the build, call this gateway, play videos from the origins of their links, and
 * query why one does not play. https://www.w3.org/TR/CSP3/
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
 * Opens the viewer at `/watch`, with a redirect from `/watch/`: a page of the gateway's own, read into memory at the
 * start. If it was not built, the path answers 404 and says how to build it; nothing else depends on it.
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
    // Their names change with their content.
    void reply.headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' });
    return sendFile(request, reply, asset);
  });
}
