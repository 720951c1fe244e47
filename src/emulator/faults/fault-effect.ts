/** The effects of faults on answers; `transmission.ts` has those on the wire. */
import { challenge, unauthorized } from '../caller.ts';
import { GraphError, tooManyRequests } from '../graph-error.ts';
import { json } from '../http/exchange.ts';
import type { GraphAnswer, GraphRequest } from '../http/exchange.ts';
import { isObject } from '../shape.ts';
import type { Fault, FaultKind } from './faults.ts';

type Body = Readonly<Record<string, unknown>>;
type Effects<Effect> = { readonly [Kind in FaultKind]?: Effect };

/**
 * The answer that a fault gives instead of the endpoint. Throws a GraphError where Graph would refuse; undefined when
 * the endpoint answers first.
 */
export function answerInstead(fault: Fault, nowMs: number): GraphAnswer | undefined {
  return insteadEffects[fault.kind]?.(fault, nowMs);
}

/** Applies a fault to an answer. Faults of lists and batches do not change other answers. */
export function alter(fault: Fault, request: GraphRequest, answer: GraphAnswer): GraphAnswer {
  if (fault.kind === 'wrongContentType') {
    return { ...answer, headers: { ...answer.headers, 'Content-Type': 'text/plain; charset=utf-8' } };
  }
  const body = answer.body?.kind === 'json' && isObject(answer.body.value) ? answer.body.value : undefined;
  const value = body && alterBody(fault, request, body);
  return value === undefined ? answer : { ...answer, body: { kind: 'json', value } };
}

function alterBody(fault: Fault, { origin, target }: GraphRequest, body: Body): Body | undefined {
  const { value: items, responses, '@odata.nextLink': nextLink } = body;
  if (fault.kind === 'wrongType') {
    return withWrongType(fault, body);
  }
  if (Array.isArray(items)) {
    const ownLink = origin + target;
    return pageEffects[fault.kind]?.(body, {
      climb: fault.climb ?? '..',
      ownLink,
      nextLink: typeof nextLink === 'string' ? nextLink : ownLink,
      origin,
    });
  }
  const alterParts = batchEffects[fault.kind];
  return Array.isArray(responses) && alterParts ? { ...body, responses: alterParts(responses) } : undefined;
}

const insteadEffects: Effects<(fault: Fault, nowMs: number) => GraphAnswer> = {
  status: (fault, nowMs) => {
    throw refusal(fault, nowMs);
  },
  empty: () => ({ status: 200, headers: {} }),
  html: () => ({
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: { kind: 'text', text: '<!doctype html><title>Sign in</title><p>The proxy requires you to sign in.' },
  }),
  wrongJson: () => json({ message: 'This is JSON of another shape.' }),
  huge: ({ bytes = 64 * 1024 * 1024 }) => hugeAnswer(bytes),
};

const pageEffects: Effects<
  (
    page: Body,
    links: { readonly climb: string; readonly ownLink: string; readonly nextLink: string; readonly origin: string },
  ) => Body
> = {
  // The link differs but leads to the same page, this time with its items, so nothing is lost.
  emptyPage: (page, { ownLink }) => ({
    ...linked(page, again(ownLink)),
    '@odata.count': 0,
    value: [],
  }),
  nextLinkLoop: (page, { ownLink }) => linked(page, ownLink),
  foreignNextLink: (page, { nextLink, origin }) =>
    linked(page, nextLink.replace(origin, 'https://graph.elsewhere.example')),
  climbingNextLink: (page, { climb, nextLink }) =>
    linked(
      page,
      nextLink.replace(
        /\/(v1\.0|beta)\//,
        (root, version) => `${root}${climb}/${version === 'beta' ? 'v1.0' : 'beta'}/`,
      ),
    ),
};

const batchEffects: Effects<(responses: readonly unknown[]) => readonly unknown[]> = {
  missingPart: (responses) => responses.slice(1),
  duplicatePart: (responses) => [...responses, ...responses.slice(0, 1)],
  unknownPart: (responses) => [...responses, { id: 'nobody-asked', status: 200, headers: {}, body: {} }],
  malformedPart: ([first, ...others]) => [isObject(first) ? { id: first['id'], status: 'ok' } : first, ...others],
};

/** Another link to the same page. A query option must not occur twice, so the next one counts on. */
function again(link: string): string {
  const [, before = '', count] = /^(.*[?&]again=)(\d+)$/.exec(link) ?? [];
  return count === undefined ? `${link}${link.includes('?') ? '&' : '?'}again=1` : `${before}${Number(count) + 1}`;
}

function linked(page: Body, nextLink: string): Body {
  const { '@odata.deltaLink': _endOfRound, ...rest } = page;
  return { ...rest, '@odata.nextLink': nextLink };
}

function withWrongType({ member = 'createdDateTime', value = 42 }: Fault, body: Body): Body {
  const { value: items } = body;
  return Array.isArray(items)
    ? { ...body, value: items.map((item: unknown) => (isObject(item) ? { ...item, [member]: value } : item)) }
    : { ...body, [member]: value };
}

const refusals: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['BadRequest', 'The request is malformed.'],
  403: ['Forbidden', 'The request is not allowed.'],
  404: ['NotFound', 'The requested resource does not exist.'],
  410: ['syncStateNotFound', 'The sync state was not found. Start over with a full synchronization.'],
  500: ['InternalServerError', 'An internal error occurred.'],
  502: ['BadGateway', 'An upstream service returned an invalid response.'],
  503: ['ServiceUnavailable', 'The service is temporarily unavailable.'],
  504: ['GatewayTimeout', 'An upstream service did not respond in time.'],
};

function refusal(
  { status = 503, retryAfter, retryAfterSeconds, retryAfterAsDate = false, claims }: Fault,
  nowMs: number,
): GraphError {
  if (status === 401) {
    return unauthorized('Access token has expired or is not yet valid.', claims);
  }
  const seconds = retryAfterSeconds ?? 0;
  const counted = retryAfterAsDate ? new Date(nowMs + seconds * 1000).toUTCString() : String(seconds);
  const value = retryAfter ?? (retryAfterSeconds === undefined ? undefined : counted);
  const headers = {
    ...(value === undefined ? {} : { 'Retry-After': value }),
    ...(status === 403 && claims !== undefined ? challenge(claims) : {}),
  };
  if (status === 429) {
    return tooManyRequests(headers);
  }
  const [code, message] = refusals[status] ?? ['UnknownError', `Status ${status}.`];
  return new GraphError(status, code, message, { headers });
}

// Still valid JSON: a list without items and a lot of white space.
function hugeAnswer(sizeBytes: number): GraphAnswer {
  const opening = Buffer.from('{"value":[]');
  const chunk = Buffer.alloc(64 * 1024, ' ');
  return {
    ...json(null),
    body: {
      kind: 'bytes',
      sizeBytes: opening.length + sizeBytes + 1,
      *chunks() {
        yield opening;
        for (let left = sizeBytes; left > 0; left -= chunk.length) {
          yield chunk.subarray(0, left);
        }
        yield Buffer.from('}');
      },
    },
  };
}
