/** In which media type a client is answered: https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types */
import Negotiator from 'negotiator';

const MEDIA_TYPES = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8'];
/** Clients have few headers between them, and each is read once. */
const HEADERS_KEPT = 100;

/**
 * Creates what chooses the media type by the header `Accept`, the first of both where it does not say; null where neither is
 * wanted.
 */
export function createMediaTypes(): (accept: string | undefined) => string | null {
  const known = new Map<string | undefined, string | null>();
  return (accept) => {
    const found = known.get(accept);
    if (found !== undefined) return found;
    const chosen = new Negotiator({ headers: { accept } }).mediaType(MEDIA_TYPES) ?? null;
    if (known.size < HEADERS_KEPT) known.set(accept, chosen);
    return chosen;
  };
}
