/** The playground at `/`. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { createFile, isNamedIn, sendFile } from './file.ts';
import type { File } from './file.ts';

const ENDPOINT = '/graphql';

interface Playground {
  /** Shown above the responses and in the browser's tab: the version, and the Graph behind it. Plain text. */
  readonly title: string;
  /** An operation for each tab. */
  readonly operations: readonly string[];
}

/** A dot in a ring, like a record button. */
const mark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><circle cx="16" cy="16" r="13" fill="none" stroke="#8b93a7" stroke-width="3"/><circle cx="16" cy="16" r="7" fill="#d13438"/></svg>';

/**
 * Styles that GraphiQL lacks: room for a title of more than a few words; tabs that do not move when pressed, so that
 * the first click opens them; one column on a phone.
 */
const style = `
  .graphiql-container .graphiql-logo { font-size: 13px; line-height: 1.25; max-width: 50%; }
  .graphiql-container .graphiql-tab { transform: none !important; }
  @media (max-width: 700px) {
    .graphiql-container .graphiql-session-header { height: auto; flex-wrap: wrap; }
    .graphiql-container .graphiql-logo { order: -1; width: 100%; max-width: none; margin: 0 0 8px; }
    .graphiql-container .graphiql-tabs { flex: 1; min-width: 0; }
    .graphiql-container .graphiql-main, #graphiql-session { flex-direction: column; }
    .graphiql-container .graphiql-horizontal-drag-bar { display: none; }
  }`;

/**
 * GraphiQL remembers the tabs of a first visit, but the active one only if something was typed, and opens an empty one
 * on the second. This script stores it beforehand.
 */
function rememberFirst(operation: string): string {
  const text = JSON.stringify(operation).replaceAll('<', String.raw`\u003c`);
  return `localStorage.getItem('graphiql:query') ?? localStorage.setItem('graphiql:query', ${text})`;
}

/** GraphiQL inserts the title into the page unescaped, so it must be markup that shows the text. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.codePointAt(0)};`);
}

/**
 * The page may run its own scripts, identified by hash, start the editors' workers, which it makes itself, and call
 * this gateway. The editors add style elements at run time, which no hash can foresee. https://www.w3.org/TR/CSP3/
 */
function contentSecurityPolicy(page: string): string {
  const hashes = [...page.matchAll(/<script>([^]*?)<\/script>/gu)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
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

async function renderPage({ title, operations }: Playground): Promise<string> {
  // Nine megabytes, which only the playground needs.
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
  const head = [
    '<meta name="viewport" content="width=device-width, initial-scale=1" />',
    `<style>${style}</style>`,
    `<script>${rememberFirst(operations[0] ?? '')}</script>`,
    '</head>',
  ].join('\n');
  return page.replace('</head>', () => head);
}

/** The page, and its content policy. */
interface Page {
  readonly file: File;
  readonly policy: string;
}

async function createPage(playground: Playground): Promise<Page> {
  const page = await renderPage(playground);
  return { file: createFile(Buffer.from(page), 'text/html; charset=utf-8'), policy: contentSecurityPolicy(page) };
}

/**
 * Opens the playground at `/`: GraphiQL, complete and served from here, so that it works without a network. The first
 * visit renders it. Clients whose `Accept` does not name `text/html` get the address of GraphQL in JSON.
 */
export function registerPlayground(app: FastifyInstance, playground: Playground): void {
  let made: Promise<Page> | null = null;

  app.get('/', async (request, reply) => {
    void reply.headers({ 'cache-control': 'no-cache', vary: 'accept, accept-encoding' });
    if (!isNamedIn(request.headers.accept, 'text/html')) return { title: playground.title, graphql: ENDPOINT };
    const { file, policy } = await (made ??= createPage(playground));
    return sendFile(request, reply.header('content-security-policy', policy), file);
  });
}
