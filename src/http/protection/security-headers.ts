/** Security headers of every response. An endpoint that serves a page sets its own content policy. */

/** Features no page of this gateway needs: https://www.w3.org/TR/permissions-policy/ */
const NOT_NEEDED = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb'];

/** A year: https://www.rfc-editor.org/rfc/rfc6797#section-6.1.1 */
const HTTPS_ONLY_SECONDS = 365 * 24 * 60 * 60;

/**
 * The headers of a response that is not a page: it runs and loads nothing, is never framed or cached, and no page of
 * another origin may embed it. If the gateway is reached over HTTPS, browsers must use nothing else.
 */
export function securityHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': NOT_NEEDED.map((name) => `${name}=()`).join(', '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    // For browsers that do not know "frame-ancestors".
    'x-frame-options': 'DENY',
    ...(isHttps ? { 'strict-transport-security': `max-age=${HTTPS_ONLY_SECONDS}` } : {}),
  };
}
