/** The media type of a response: https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types */
import Negotiator from 'negotiator';

const MEDIA_TYPES = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8'];
/** Clients send few different headers, and each is parsed once. */
const HEADERS_KEPT = 100;

/**
 * Creates the choice of the media type by the `Accept` header: the first if it has no preference, null if it accepts
 * neither.
 */
export function createMediaTypes(): (accept: string | undefined) => string | null {
  const known = new Map<string | undefined, string | null>();
  return (accept) => {
    const found = known.get(accept);
    if (found !== undefined) return found;
    // An empty list refuses nothing: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
    const headers = accept === '' ? {} : { accept };
    const chosen = new Negotiator({ headers }).mediaType(MEDIA_TYPES) ?? null;
    if (known.size < HEADERS_KEPT) known.set(accept, chosen);
    return chosen;
  };
}
