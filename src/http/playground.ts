import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const ENDPOINT = '/graphql';

interface Playground {
  /** Shown above the editor and by the browser's tab: the version, and over which Graph it is. Plain text. */
  readonly title: string;
  /** An operation for each tab. */
  readonly operations: readonly string[];
}

/** A dot in a ring, as on the button that records; in the colour of the text around it where there is one. */
const mark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><circle cx="16" cy="16" r="13" fill="none" stroke="#8b93a7" stroke-width="3"/><circle cx="16" cy="16" r="7" fill="#d13438"/></svg>';

/** GraphiQL puts the title and its options into the page as they are, so that they must be markup that says the text. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** Whether a header such as `Accept` names a value and does not refuse it with `q=0`. A wildcard names nothing. */
function names(header: string | undefined, value: string): boolean {
  return (header ?? '').split(',').some((item) => {
    const [name, ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    return name === value && !parameters.some((parameter) => /^q=0(\.0*)?$/u.test(parameter));
  });
}

/**
 * What the page may do: run its one script, known by its hash, start the editors' workers, which it makes of itself, and
 * ask this gateway. The editors write style elements as they go, which no hash can foresee.
 * https://www.w3.org/TR/CSP3/
 */
function contentSecurityPolicy(page: string): string {
  const script = /<script>([^]*)<\/script>/u.exec(page)?.[1];
  if (script === undefined) {
    throw new Error(
      'Expected the page of GraphiQL to have an inline script, but it has none. Look at what the new version of @graphql-yoga/render-graphiql renders, and let the policy allow that.',
    );
  }
  return [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    'worker-src blob:',
    "connect-src 'self'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Opens the playground at `/`: GraphiQL, whole and from here, so that it works without a network. Clients that do not ask
 * for HTML by name read in JSON where GraphQL is. Rejects when GraphiQL renders a page that no policy here allows to run.
 */
export async function registerPlayground(app: FastifyInstance, { title, operations }: Playground): Promise<void> {
  // Nine megabytes, for which a gateway without a playground has no use.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: escapeHtml(title),
    logo: mark,
    favicon: `data:image/svg+xml,${encodeURIComponent(mark)}`,
    endpoint: ENDPOINT,
    subscriptionsProtocol: 'SSE',
    shouldPersistHeaders: false,
    defaultTabs: operations.map((query) => ({ query })),
  });
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(page),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    etag: `W/"${createHash('sha256').update(page).digest('base64url')}"`,
  };
  const whole = Buffer.from(page);
  let compressed: Promise<Buffer> | undefined;

  app.get('/', async (request, reply) => {
    void reply.headers({ 'cache-control': 'no-cache', vary: 'accept, accept-encoding' });
    if (!names(request.headers.accept, 'text/html')) return { title, graphql: ENDPOINT };
    void reply.headers(headers);
    if (names(request.headers['if-none-match'], headers.etag.toLowerCase())) return reply.code(304).send();
    if (!names(request.headers['accept-encoding'], 'gzip')) return reply.send(whole);
    // The page never changes while the process lives, so that it is compressed once, when somebody wants it.
    compressed ??= promisify(gzip)(whole);
    return reply.header('content-encoding', 'gzip').send(await compressed);
  });
}
