/** The page's operations. Each component declares the fields that it shows of a recording in its own fragment. */
import { graphql } from '../graphql.generated/gql.ts';

/** The token to subscribe from: fetched before the list, so recordings added after reading it are delivered. */
export const START = graphql(`
  query Start($organizerId: ID!) {
    callRecordingDelta(meetingOrganizerId: $organizerId, since: "now") {
      token
    }
  }
`);

/** A page of the list, without content: a link is requested when the user presses play. */
export const RECORDINGS = graphql(`
  query Recordings($organizerId: ID!, $after: String) {
    callRecordings(meetingOrganizerId: $organizerId, first: 20, after: $after) {
      nodes {
        meetingOrganizerId
        meetingId
        id
        ...TimelineRecording
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

/** Recordings added since a token, and later ones. */
export const ADDED = graphql(`
  subscription Added($organizerId: ID!, $since: String!) {
    callRecordingDelta(meetingOrganizerId: $organizerId, since: $since) {
      added {
        meetingOrganizerId
        meetingId
        id
        ...TimelineRecording
      }
      behind
      hasMore
      resync
      token
    }
  }
`);
