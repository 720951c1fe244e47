import { CombinedGraphQLErrors, ServerError } from '@apollo/client';
import { describe, expect, it } from 'vitest';
import { failureOf, failureOfBody } from '../../web/src/graphql/failure.ts';
import { missingAfter } from '../../web/src/graphql/missing.ts';
import { delayMs } from '../../web/src/live/pause.ts';

function told(code: string, more: object = {}) {
  return { errors: [{ message: `It is ${code}.`, extensions: { code, ...more } }] };
}

function refused(status: number, bodyText: string): ServerError {
  return new ServerError('refused', { response: new Response(null, { status }), bodyText });
}

describe('A failure', () => {
  it.each([
    ['of a field', new CombinedGraphQLErrors(told('FORBIDDEN')), 'FORBIDDEN', 'It is FORBIDDEN.'],
    [
      'of a request',
      refused(401, JSON.stringify(told('UNAUTHENTICATED'))),
      'UNAUTHENTICATED',
      'It is UNAUTHENTICATED.',
    ],
    ['of a request, told by something between', refused(403, '<h1>No</h1>'), 'FORBIDDEN', null],
    [
      'of events that were refused',
      Object.assign(new Error('no'), { response: { status: 401 } }),
      'UNAUTHENTICATED',
      null,
    ],
    ['of the connection', new TypeError('Failed to fetch'), 'NETWORK', null],
    ['of no kind that is known', undefined, 'NETWORK', null],
  ])('%s has a code, and the message of the gateway if there is one', (_, error, code, detail) => {
    expect(failureOf(error)).toMatchObject({ code, detail });
  });

  it('has the time until a retry, where Graph gave one', () => {
    const failure = failureOf(new CombinedGraphQLErrors(told('THROTTLED', { retryAfter: 7 })));
    expect(failure).toMatchObject({ canRetry: true, retryAfterSeconds: 7 });
  });

  it.each(['FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT', 'UNAUTHENTICATED'])('offers no retry after %s', (code) => {
    expect(failureOf(new CombinedGraphQLErrors(told(code))).canRetry).toBe(false);
  });

  it('has a title for a code that is newer than the viewer', () => {
    expect(failureOf(new CombinedGraphQLErrors(told('SOMETHING_NEW')))).toMatchObject({
      title: 'Something went wrong',
      detail: 'It is SOMETHING_NEW.',
    });
  });
});

describe('A missing meeting', () => {
  const [one, other] = ['a', 'b'].map((id) => ({ meetingOrganizerId: 'o', meetingId: 'm', id, meeting: null }));
  const data = { callRecordings: { nodes: [one, other] } };
  const keyOfOther = '["o","m","b"]';
  const missing = new Map([[keyOfOther, 'It failed.']]);

  it('is noted for the recording at the path of an error', () => {
    const errors = [
      { message: 'It failed.', path: ['callRecordings', 'nodes', 1, 'meeting'] },
      { message: 'Something else failed.', path: ['callRecordings', 'pageInfo'] },
      { message: 'Everything failed.' },
    ];
    expect(missingAfter(new Map(), { data, errors })).toEqual(missing);
  });

  it('is kept while answers are about others, and forgotten when it arrives', () => {
    expect(missingAfter(missing, { data: { callRecording: one } })).toEqual(missing);
    expect(missingAfter(missing, { data: { callRecording: other } })).toEqual(new Map());
  });
});

it('The delay before a reconnection grows with each attempt, and has jitter', () => {
  expect([0, 1, 2, 9].map((tries) => [delayMs(tries, 0), delayMs(tries, 1)])).toEqual([
    [500, 1_000],
    [1_000, 2_000],
    [2_000, 4_000],
    [15_000, 30_000],
  ]);
});

describe('A refusal of content', () => {
  it.each([
    ['FORBIDDEN', 'You do not have access to this video', false],
    ['NOT_FOUND', 'The video was not found', false],
    ['THROTTLED', 'Too many videos are open', true],
    ['UPSTREAM_TIMEOUT', 'Microsoft Graph took too long to respond', true],
  ])('with %s has a title about a video', (code, title, canRetry) => {
    expect(failureOfBody(JSON.stringify(told(code)))).toMatchObject({
      code,
      title,
      canRetry,
      detail: `It is ${code}.`,
    });
  });

  it.each(['', '<h1>No</h1>', '{}', '{"errors":[]}'])('is null where the body is %j', (body) => {
    expect(failureOfBody(body)).toBeNull();
  });
});
