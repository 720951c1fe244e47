/** Temporary links to the video of a recording. */
import { useApolloClient } from '@apollo/client/react';
import { useCallback } from 'react';
import { graphql } from '../graphql.generated/gql.ts';
import { failureOf, failureOfBody } from '../graphql/failure.ts';
import type { Failure } from '../graphql/failure.ts';
import type { RecordingKey } from '../graphql/key.ts';

/** Sent for one recording, when the user plays it, and without `contentType` and `size`, which would cost a request. */
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

/** A link, and the time after which it should be replaced. */
export interface ContentLink {
  readonly url: string;
  /** By the clock of this machine. */
  readonly staleAtMs: number;
}

/** How long before its expiry a link is no longer used. */
const MARGIN_MS = 10_000;

const NO_VIDEO: Failure = {
  code: 'NO_CONTENT',
  title: 'No video is available',
  advice: 'Microsoft Graph no longer has this recording, or does not report which meeting it belongs to.',
  detail: null,
  canRetry: false,
  retryAfterSeconds: null,
};

/**
 * When a link becomes too old to start with. If that time has already passed because the clocks of the gateway and this
 * machine differ, the link never counts as stale, and the video shows whether it works.
 */
export function staleAt(expirationDateTime: string, nowMs: number): number {
  const atMs = Date.parse(expirationDateTime) - MARGIN_MS;
  return atMs > nowMs ? atMs : Number.POSITIVE_INFINITY;
}

/**
 * The gateway's reason why a link does not open, which a video element does not report. Null where it cannot be read,
 * for instance from an origin without CORS for this page. Never rejects.
 */
export async function reasonOf({ url }: ContentLink): Promise<Failure | null> {
  try {
    const response = await fetch(url, { headers: { range: 'bytes=0-0' } });
    return response.ok ? null : failureOfBody(await response.text());
  } catch {
    // There is no answer, or the browser hides it.
    return null;
  }
}

/** Returns a function that requests a link. It resolves with a failure where there is none, and never rejects. */
export function useContentLinks({
  meetingOrganizerId,
  meetingId,
  id,
}: RecordingKey): () => Promise<ContentLink | Failure> {
  const client = useApolloClient();
  return useCallback(async () => {
    if (meetingId === null) return NO_VIDEO;
    const variables = { organizerId: meetingOrganizerId, meetingId, id };
    // A link is a short-lived secret and must not be cached.
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
