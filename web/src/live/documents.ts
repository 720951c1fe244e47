/** What the page asks of the gateway. Each component says in a fragment of its own what it shows of a recording. */
import { graphql } from '../graphql.generated/gql.ts';

/** From where to listen: asked before the list, so that what is added after the list was read is told. */
export const START = graphql(`
  query Start($organizerId: ID!) {
    callRecordingDelta(meetingOrganizerId: $organizerId, since: "now") {
      token
    }
  }
`);

/** A page of the list. No video and nothing about it: a link is asked for when somebody presses play. */
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

/** What was added since, and what comes. */
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
