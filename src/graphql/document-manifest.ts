/** A file of documents, each by its id, as clients' tools write it where they are built. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Each document by its id, without the name of the digest before it. */
export type DocumentManifest = ReadonlyMap<string, string>;

/** The digest that some say by name and others leave to be understood: https://graphql.github.io/graphql-over-http/draft/ */
const PREFIX = /^sha256:/;

const manifest = z.record(z.string().regex(/^(sha256:[\da-f]{64}|[\w.~-]{1,128})$/), z.string().min(1));

/** An id as the manifest has it, whether it came with the name of its digest or without. */
export function bareId(id: string): string {
  return id.replace(PREFIX, '');
}

/**
 * Reads the text of a manifest: `{"<id>": "<document>"}`, as the client preset of GraphQL Code Generator writes it
 * (https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#persisted-documents). Throws when it is none, or when an
 * id that says it is a digest is not that of its document.
 */
export function readDocumentManifest(text: string): DocumentManifest {
  const documents = Object.entries(manifest.parse(JSON.parse(text)));
  for (const [id, document] of documents) {
    const digest = createHash('sha256').update(document).digest('hex');
    if (PREFIX.test(id) && bareId(id) !== digest) throw new Error(`The digest of the document ${id} is another.`);
  }
  return new Map(documents.map(([id, document]) => [bareId(id), document]));
}
