/** Links under which the video of a recording can be opened for a while. */
import { useApolloClient } from '@apollo/client/react';
import { useCallback } from 'react';
import { failureOf, failureOfBody } from '../graphql/failure.ts';
import type { Failure } from '../graphql/failure.ts';
import { graphql } from '../graphql.generated/gql.ts';
import type { RecordingKey } from '../graphql/key.ts';

/** Asked for one recording, when somebody plays it, and without `contentType` and `size`, which would cost a request. */
const CONTENT = graphql(`
  query Content($organizerId: ID!, $meetingId: ID!, $id: ID!) {
    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {
      meetingOrganizerId
      meetingId
      id
      content {
        url
        expirationDateTime
      }
    }
  }
`);

/** A link, and the time from which on another is better. */
export interface ContentLink {
  readonly url: string;
  /** By the clock of this machine. */
  readonly staleAtMs: number;
}

/** How long before its end a link is not begun with any more. */
const MARGIN_MS = 10_000;

const NO_VIDEO: Failure = {
  code: 'NO_CONTENT',
  title: 'There is no video to be had',
  advice: 'Microsoft Graph does not know this recording any more, or does not say of which meeting it is.',
  detail: null,
  canRetry: false,
  retryAfterSeconds: null,
};

/**
 * When a link is too old to begin with. Where the clocks of the gateway and this machine are apart, so that it would be already
 * or never, that is left to the video to find out.
 */
export function staleAt(expirationDateTime: string, nowMs: number): number {
  const atMs = Date.parse(expirationDateTime) - MARGIN_MS;
  return atMs > nowMs ? atMs : Number.POSITIVE_INFINITY;
}

/**
 * Why a link does not open, in the gateway's words: a video element does not tell them. Null where they cannot be had either,
 * from an origin that lets no page of this one read for instance. Never rejects.
 */
export async function reasonOf({ url }: ContentLink): Promise<Failure | null> {
  try {
    const response = await fetch(url, { headers: { range: 'bytes=0-0' } });
    return response.ok ? null : failureOfBody(await response.text());
  } catch {
    // Nobody answers, or the browser keeps the answer to itself.
    return null;
  }
}

/** A way to ask for a link. It resolves with a failure where there is none, and never rejects. */
export function useContentLinks({
  meetingOrganizerId,
  meetingId,
  id,
}: RecordingKey): () => Promise<ContentLink | Failure> {
  const client = useApolloClient();
  return useCallback(async () => {
    if (meetingId === null) return NO_VIDEO;
    const variables = { organizerId: meetingOrganizerId, meetingId, id };
    // A link is a secret that soon ends: nothing to keep in a cache.
    const { data, error } = await client.query({
      query: CONTENT,
      variables,
      errorPolicy: 'all',
      fetchPolicy: 'no-cache',
    });
    const content = data?.callRecording?.content;
    if (content) return { url: content.url, staleAtMs: staleAt(content.expirationDateTime, Date.now()) };
    return error === undefined ? NO_VIDEO : failureOf(error);
  }, [client, meetingOrganizerId, meetingId, id]);
}
