/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Start($organizerId: ID!) {\n    callRecordingDelta(meetingOrganizerId: $organizerId, since: \"now\") {\n      token\n    }\n  }\n": typeof types.StartDocument,
    "\n  query Recordings($organizerId: ID!, $after: String) {\n    callRecordings(meetingOrganizerId: $organizerId, first: 20, after: $after) {\n      nodes {\n        meetingOrganizerId\n        meetingId\n        id\n        ...TimelineRecording\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": typeof types.RecordingsDocument,
    "\n  subscription Added($organizerId: ID!, $since: String!) {\n    callRecordingDelta(meetingOrganizerId: $organizerId, since: $since) {\n      added {\n        meetingOrganizerId\n        meetingId\n        id\n        ...TimelineRecording\n      }\n      behind\n      hasMore\n      resync\n      token\n    }\n  }\n": typeof types.AddedDocument,
    "\n  query Content($organizerId: ID!, $meetingId: ID!, $id: ID!) {\n    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {\n      meetingOrganizerId\n      meetingId\n      id\n      content {\n        url\n        expirationDateTime\n      }\n    }\n  }\n": typeof types.ContentDocument,
    "\n  fragment RecordingCard on CallRecording {\n    meetingOrganizerId\n    meetingId\n    id\n    createdDateTime\n    endDateTime\n    meeting {\n      organizerId\n      id\n      subject\n    }\n    meetingOrganizer {\n      user {\n        displayName\n      }\n    }\n  }\n": typeof types.RecordingCardFragmentDoc,
    "\n  query RecordingAgain($organizerId: ID!, $meetingId: ID!, $id: ID!) {\n    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {\n      ...RecordingCard\n    }\n  }\n": typeof types.RecordingAgainDocument,
    "\n  fragment TimelineRecording on CallRecording {\n    meetingOrganizerId\n    meetingId\n    id\n    createdDateTime\n    meeting {\n      organizerId\n      id\n      subject\n    }\n    ...RecordingCard\n  }\n": typeof types.TimelineRecordingFragmentDoc,
};
const documents: Documents = {
    "\n  query Start($organizerId: ID!) {\n    callRecordingDelta(meetingOrganizerId: $organizerId, since: \"now\") {\n      token\n    }\n  }\n": types.StartDocument,
    "\n  query Recordings($organizerId: ID!, $after: String) {\n    callRecordings(meetingOrganizerId: $organizerId, first: 20, after: $after) {\n      nodes {\n        meetingOrganizerId\n        meetingId\n        id\n        ...TimelineRecording\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": types.RecordingsDocument,
    "\n  subscription Added($organizerId: ID!, $since: String!) {\n    callRecordingDelta(meetingOrganizerId: $organizerId, since: $since) {\n      added {\n        meetingOrganizerId\n        meetingId\n        id\n        ...TimelineRecording\n      }\n      behind\n      hasMore\n      resync\n      token\n    }\n  }\n": types.AddedDocument,
    "\n  query Content($organizerId: ID!, $meetingId: ID!, $id: ID!) {\n    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {\n      meetingOrganizerId\n      meetingId\n      id\n      content {\n        url\n        expirationDateTime\n      }\n    }\n  }\n": types.ContentDocument,
    "\n  fragment RecordingCard on CallRecording {\n    meetingOrganizerId\n    meetingId\n    id\n    createdDateTime\n    endDateTime\n    meeting {\n      organizerId\n      id\n      subject\n    }\n    meetingOrganizer {\n      user {\n        displayName\n      }\n    }\n  }\n": types.RecordingCardFragmentDoc,
    "\n  query RecordingAgain($organizerId: ID!, $meetingId: ID!, $id: ID!) {\n    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {\n      ...RecordingCard\n    }\n  }\n": types.RecordingAgainDocument,
    "\n  fragment TimelineRecording on CallRecording {\n    meetingOrganizerId\n    meetingId\n    id\n    createdDateTime\n    meeting {\n      organizerId\n      id\n      subject\n    }\n    ...RecordingCard\n  }\n": types.TimelineRecordingFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Start($organizerId: ID!) {\n    callRecordingDelta(meetingOrganizerId: $organizerId, since: \"now\") {\n      token\n    }\n  }\n"): (typeof documents)["\n  query Start($organizerId: ID!) {\n    callRecordingDelta(meetingOrganizerId: $organizerId, since: \"now\") {\n      token\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Recordings($organizerId: ID!, $after: String) {\n    callRecordings(meetingOrganizerId: $organizerId, first: 20, after: $after) {\n      nodes {\n        meetingOrganizerId\n        meetingId\n        id\n        ...TimelineRecording\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query Recordings($organizerId: ID!, $after: String) {\n    callRecordings(meetingOrganizerId: $organizerId, first: 20, after: $after) {\n      nodes {\n        meetingOrganizerId\n        meetingId\n        id\n        ...TimelineRecording\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Added($organizerId: ID!, $since: String!) {\n    callRecordingDelta(meetingOrganizerId: $organizerId, since: $since) {\n      added {\n        meetingOrganizerId\n        meetingId\n        id\n        ...TimelineRecording\n      }\n      behind\n      hasMore\n      resync\n      token\n    }\n  }\n"): (typeof documents)["\n  subscription Added($organizerId: ID!, $since: String!) {\n    callRecordingDelta(meetingOrganizerId: $organizerId, since: $since) {\n      added {\n        meetingOrganizerId\n        meetingId\n        id\n        ...TimelineRecording\n      }\n      behind\n      hasMore\n      resync\n      token\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Content($organizerId: ID!, $meetingId: ID!, $id: ID!) {\n    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {\n      meetingOrganizerId\n      meetingId\n      id\n      content {\n        url\n        expirationDateTime\n      }\n    }\n  }\n"): (typeof documents)["\n  query Content($organizerId: ID!, $meetingId: ID!, $id: ID!) {\n    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {\n      meetingOrganizerId\n      meetingId\n      id\n      content {\n        url\n        expirationDateTime\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment RecordingCard on CallRecording {\n    meetingOrganizerId\n    meetingId\n    id\n    createdDateTime\n    endDateTime\n    meeting {\n      organizerId\n      id\n      subject\n    }\n    meetingOrganizer {\n      user {\n        displayName\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment RecordingCard on CallRecording {\n    meetingOrganizerId\n    meetingId\n    id\n    createdDateTime\n    endDateTime\n    meeting {\n      organizerId\n      id\n      subject\n    }\n    meetingOrganizer {\n      user {\n        displayName\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RecordingAgain($organizerId: ID!, $meetingId: ID!, $id: ID!) {\n    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {\n      ...RecordingCard\n    }\n  }\n"): (typeof documents)["\n  query RecordingAgain($organizerId: ID!, $meetingId: ID!, $id: ID!) {\n    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {\n      ...RecordingCard\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TimelineRecording on CallRecording {\n    meetingOrganizerId\n    meetingId\n    id\n    createdDateTime\n    meeting {\n      organizerId\n      id\n      subject\n    }\n    ...RecordingCard\n  }\n"): (typeof documents)["\n  fragment TimelineRecording on CallRecording {\n    meetingOrganizerId\n    meetingId\n    id\n    createdDateTime\n    meeting {\n      organizerId\n      id\n      subject\n    }\n    ...RecordingCard\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;