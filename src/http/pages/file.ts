/** Files that browsers cache: in memory, identified by version, and compressed once. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface File {
  /** The media type. */
  readonly type: string;
  readonly whole: Buffer;
  /** Changes with the content. */
  readonly version: string;
  /** Compressed once, for the first client that accepts it: files never change while the process lives. */
  compressed: Promise<Buffer> | null;
}

/** Creates a file from content. */
export function createFile(whole: Buffer, type: string): File {
  return { type, whole, version: createHash('sha256').update(whole).digest('base64url'), compressed: null };
}

/** Whether a header such as `Accept` names a value, and does not refuse it with `q=0`. A wildcard names nothing. */
export function isNamedIn(header: string | undefined, value: string): boolean {
  return (header ?? '').split(',').some((item) => {
    const [name, ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    return name === value && !parameters.some((parameter) => /^q=0(\.0*)?$/u.test(parameter));
  });
}

/**
 * Answers with a file, compressed if the client accepts gzip, or with 304 if it has the file. The reply has to vary by
 * `Accept-Encoding`.
 */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: File): Promise<FastifyReply> {
  const { 'accept-encoding': acceptEncoding, 'if-none-match': known } = request.headers;
  void reply.headers({ 'content-type': file.type, etag: `W/"${file.version}"` });
  if (known?.includes(file.version) === true) return reply.code(304).send();
  if (!isNamedIn(acceptEncoding, 'gzip')) return reply.send(file.whole);
  file.compressed ??= promisify(gzip)(file.whole);
  return reply.header('content-encoding', 'gzip').send(await file.compressed);
}
