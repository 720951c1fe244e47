import { ApolloClient, ApolloLink, CombinedGraphQLErrors, InMemoryCache, Observable } from '@apollo/client';
import { Subject, of } from 'rxjs';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../web/src/live/listen.ts';

/** An event of the feed, as the gateway sends it. */
function event(
  token: string,
  more: { readonly added?: readonly object[]; readonly behind?: boolean; readonly resync?: boolean } = {},
) {
  return { data: { callRecordingDelta: { added: [], behind: false, hasMore: false, resync: false, token, ...more } } };
}

function errorOf(code: string): CombinedGraphQLErrors {
  return new CombinedGraphQLErrors({ errors: [{ message: code, extensions: { code } }] });
}

/** Listens to a gateway that the test controls, and keeps a line for each request and callback. */
function startListening(
  gateway: { readonly start?: () => Observable<ApolloLink.Result>; readonly hasList?: () => boolean } = {},
) {
  const lines: string[] = [];
  const connections: Subject<ApolloLink.Result>[] = [];
  const link = new ApolloLink(({ operationName, variables, getContext }) => {
    if (operationName === 'Start') {
      lines.push('start');
      return gateway.start?.() ?? of({ data: { callRecordingDelta: { token: 'start' } } });
    }
    lines.push(`since ${variables['since']}`);
    const connection = new Subject<ApolloLink.Result>();
    connections.push(connection);
    getContext()['onConnected']();
    return connection;
  });
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const ended = listen({
    client: new ApolloClient({ link, cache: new InMemoryCache(), devtools: { enabled: false } }),
    organizerId: 'organizer',
    signal: leaving.signal,
    async readList() {
      lines.push('list');
      return gateway.hasList?.() ?? true;
    },
    onAdded: (added) => lines.push(`added ${added.map(({ id }) => id).join()}`),
    onState: (state) => lines.push(state),
    onFailure: ({ code }) => lines.push(`failed ${code}`),
  });
  return { lines, ended, connection: () => connections.at(-1), leave: () => leaving.abort() };
}

/** Runs everything that is due within some time. */
const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const added = { added: [{ __typename: 'CallRecording', meetingOrganizerId: 'o', meetingId: 'm', id: 'a' }] };

describe('Listening', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', new EventTarget());
    onTestFinished(() => {
      vi.useRealTimers();
      vi.unstubAllGlobals();
    });
  });

  it('requests the token before the list, and resumes after a break with the newest', async () => {
    const { lines, connection } = startListening();
    await pass();
    connection()?.next(event('one', added));
    await pass();
    connection()?.error(new TypeError('network error'));
    await pass(1_000);

    expect(lines).toEqual([
      'start',
      'list',
      'since start',
      'live',
      'added a',
      'live',
      'reconnecting',
      'since one',
      'live',
    ]);
  });

  it('reads the list before a token that takes long, and again when the token arrives', async () => {
    const token = new Subject<ApolloLink.Result>();
    const { lines } = startListening({ start: () => token });
    await pass(1_500);
    expect(lines).toEqual(['start', 'list']);
    token.next({ data: { callRecordingDelta: { token: 'late' } } });
    token.complete();
    await pass();

    expect(lines).toEqual(['start', 'list', 'list', 'since late', 'live']);
  });

  it('reports when it may be behind, and when that is over', async () => {
    const { lines, connection } = startListening();
    await pass();
    connection()?.next(event('one', { behind: true }));
    connection()?.next(event('two'));
    await pass();

    expect(lines.slice(3)).toEqual(['live', 'added ', 'behind', 'added ', 'live']);
  });

  it('reads the list again on a resync, before it applies the next event', async () => {
    const { lines, connection } = startListening();
    await pass();
    connection()?.next(event('one', { ...added, resync: true }));
    connection()?.next(event('two', added));
    await pass();

    expect(lines.slice(3)).toEqual(['live', 'list', 'live', 'added a', 'live']);
  });

  it.each(['BAD_USER_INPUT', 'RESYNC_REQUIRED'])('begins anew when its token is invalid: %s', async (code) => {
    const { lines, connection } = startListening();
    await pass();
    connection()?.next({ errors: [{ message: code, extensions: { code } }] });
    await pass(1_000);

    expect(lines.slice(4)).toEqual(['reconnecting', 'start', 'list', 'since start', 'live']);
  });

  it('reconnects after a delay when the gateway ends the events', async () => {
    const { lines, connection } = startListening();
    await pass();
    connection()?.complete();
    await pass();
    expect(lines.at(-1)).toBe('reconnecting');
    await pass(1_000);

    expect(lines.slice(4)).toEqual(['reconnecting', 'since start', 'live']);
  });

  it.each(['FORBIDDEN', 'UNAUTHENTICATED'])('ends on an error for which a retry is of no use: %s', async (code) => {
    const { lines, connection, ended } = startListening();
    await pass();
    connection()?.next({ errors: [{ message: code, extensions: { code } }] });
    await ended;

    expect(lines.slice(4)).toEqual([`failed ${code}`, 'ended']);
  });

  it('reads the list when the token request fails, and retries', async () => {
    let isBroken = true;
    const start = (): Observable<ApolloLink.Result> =>
      isBroken
        ? new Observable((observer) => observer.error(errorOf('UPSTREAM_UNAVAILABLE')))
        : of({ data: { callRecordingDelta: { token: 'start' } } });
    const { lines } = startListening({ start });
    await pass();
    expect(lines).toEqual(['start', 'list', 'reconnecting']);
    isBroken = false;
    await pass(1_000);

    expect(lines.slice(3)).toEqual(['start', 'list', 'since start', 'live']);
  });

  it('ends when there is no list', async () => {
    const { lines, ended } = startListening({ hasList: () => false });
    await ended;
    expect(lines).toEqual(['start', 'list', 'ended']);
  });

  it('reconnects at once when the browser is online again', async () => {
    const { lines, connection } = startListening();
    await pass();
    connection()?.error(new TypeError('network error'));
    await pass();
    window.dispatchEvent(new Event('online'));
    await pass();

    expect(lines.slice(4)).toEqual(['reconnecting', 'since start', 'live']);
  });

  it('does nothing more after the user leaves', async () => {
    const { lines, ended, leave } = startListening();
    await pass();
    leave();
    await ended;
    await pass(60_000);

    expect(lines).toEqual(['start', 'list', 'since start', 'live']);
  });
});
