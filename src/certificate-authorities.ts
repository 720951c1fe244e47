/** Trust in one more certificate authority. */
import { getCACertificates } from 'node:tls';

/**
 * The option of a TLS connection that trusts one certificate authority, in PEM, in addition to the default ones; none
 * without one. Node takes a list instead of the default ones, so the list has them too.
 */
export function alsoTrusting(certificateAuthority: string | undefined): { readonly ca?: string[] } {
  return certificateAuthority === undefined ? {} : { ca: [...getCACertificates('default'), certificateAuthority] };
}
