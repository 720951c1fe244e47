/** The manifest of trusted documents by id, a file that clients' build tools write. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The documents by their ids, without the digest prefix `sha256:`. */
export type DocumentManifest = ReadonlyMap<string, string>;

/** The optional prefix that names the digest of an id: https://graphql.github.io/graphql-over-http/draft/ */
const PREFIX = /^sha256:/;

const manifest = z.record(z.string().regex(/^(sha256:[\da-f]{64}|[\w.~-]{1,128})$/), z.string().min(1));

/** An id without the digest prefix, as `DocumentManifest` has it. */
export function bareId(id: string): string {
  return id.replace(PREFIX, '');
}

/**
 * Parses a manifest: `{"<id>": "<document>"}`, as the client preset of GraphQL Code Generator writes it
 * (https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#persisted-documents). Throws when the text is
 * not a manifest, or when an id with the digest prefix is not the digest of its document.
 */
export function readDocumentManifest(text: string): DocumentManifest {
  const documents = Object.entries(manifest.parse(JSON.parse(text)));
  for (const [id, document] of documents) {
    const digest = createHash('sha256').update(document).digest('hex');
    if (PREFIX.test(id) && bareId(id) !== digest)
      throw new Error(`the id ${JSON.stringify(id)} is not the SHA-256 digest of its document.`);
  }
  return new Map(documents.map(([id, document]) => [bareId(id), document]));
}
