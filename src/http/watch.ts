import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

interface Viewer {
  /** Where the viewer was built to: `index.html` and `assets/`. */
  readonly folder: string;
  /** The origins under which links to content are made. Asked for each page, because the own one is known only then. */
  readonly contentOrigins: () => readonly string[];
  /** Whose recordings are shown where nobody is named; null where the page asks. */
  readonly demoOrganizerId: string | null;
}

/** A file of the viewer, in memory. */
interface File {
  readonly type: string;
  readonly whole: Buffer;
  readonly etag: string;
  compressed: Promise<Buffer> | null;
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
  const whole = readFileSync(path);
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    whole,
    etag: `W/"${createHash('sha256').update(whole).digest('base64url')}"`,
    compressed: null,
  };
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

/** Whether a header such as `Accept-Encoding` names gzip and does not refuse it with `q=0`. */
function takesGzip(header: string | undefined): boolean {
  return /(?:^|,)\s*gzip\s*(?:,|$|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))/iu.test(header ?? '');
}

async function send(request: FastifyRequest, reply: FastifyReply, file: File): Promise<FastifyReply> {
  const { 'accept-encoding': acceptEncoding, 'if-none-match': known } = request.headers;
  void reply.headers({ 'content-type': file.type, etag: file.etag, vary: 'accept-encoding' });
  if (known?.includes(file.etag) === true) return reply.code(304).send();
  if (!takesGzip(acceptEncoding)) return reply.send(file.whole);
  // Files never change while the process lives: each is compressed once, for the first who wants it so.
  file.compressed ??= promisify(gzip)(file.whole);
  return reply.header('content-encoding', 'gzip').send(await file.compressed);
}

/**
 * Opens the viewer at `/watch`: a page of the gateway's own, read into memory at the start. Where it was not built, the path
 * answers 404 and says how to build it; nothing else depends on it.
 */
export function registerWatch(app: FastifyInstance, { folder, contentOrigins, demoOrganizerId }: Viewer): void {
  const viewer = readViewer(folder);
  if (viewer === null) {
    app.get('/watch', async (_, reply) =>
      reply.code(404).send({ errors: [{ message: NOT_BUILT, extensions: { code: 'BAD_REQUEST' } }] }),
    );
    return;
  }

  app.get<{ Querystring: { organizer?: unknown } }>('/watch', async (request, reply) => {
    if (demoOrganizerId !== null && request.query.organizer === undefined) {
      return reply.redirect(`/watch?organizer=${encodeURIComponent(demoOrganizerId)}`);
    }
    void reply.headers({
      'cache-control': 'no-cache',
      'content-security-policy': contentSecurityPolicy(contentOrigins()),
    });
    return send(request, reply, viewer.page);
  });

  app.get<{ Params: { name: string } }>('/watch/assets/:name', async (request, reply) => {
    const asset = viewer.assets.get(request.params.name);
    if (asset === undefined) {
      reply.callNotFound();
      return reply;
    }
    // Their names change with what is in them.
    void reply.header('cache-control', 'public, max-age=31536000, immutable');
    return send(request, reply, asset);
  });
}
