/** Hive Gateway's additions to Graph's description: the jobs' part of our schema, resolved through Graph's. */
import { handleFederationSupergraph } from '@graphql-mesh/fusion-runtime';
import type { UnifiedGraphHandler } from '@graphql-mesh/fusion-runtime';
import { addResolversToSchema } from '@graphql-tools/schema';
import type DataLoader from 'dataloader';
import { extendSchema, parse } from 'graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { Recording as PlaceOfRecording, Resource } from './graph.ts';

export const additionalTypeDefs = `
  extend type Query {
    callRecording(meetingOrganizerId: ID!, meetingId: ID!, id: ID!): CallRecording
    callRecordings(meetingOrganizerId: ID!, first: Int): CallRecordingConnection!
    onlineMeeting(organizerId: ID!, id: ID!): OnlineMeeting
  }
  type CallRecordingConnection { nodes: [CallRecording!]! }
  extend type CallRecording { meeting: OnlineMeeting }
  extend type OnlineMeeting { recordings: CallRecordingConnection! }
  extend type Identity { displayName: String }
`;

const ENTITIES = `
  scalar _Any
  union _Entity = CallRecording
  extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
`;

const RECORDING = '{ id createdDateTime endDateTime recordingContentUrl meetingId meetingOrganizer { user { id } } }';
const RECORDINGS = `{ value ${RECORDING} }`;
const MEETING = '{ id subject startDateTime endDateTime joinWebUrl }';

interface Question {
  readonly root: unknown;
  readonly args: Readonly<Record<string, string>>;
  readonly context: Context;
  readonly info: GraphQLResolveInfo;
  readonly selectionSet: string;
}

type Operation = 'user' | 'meeting' | 'recording' | 'recordingsOfMeeting' | 'recordingsOfOrganizer';

/** The context of every resolver of an operation: Hive Gateway's Graph operations, and the loader below them. */
export interface Context {
  readonly Graph: { readonly Query: Readonly<Record<Operation, (question: Question) => Promise<Resource>>> };
  readonly loader: DataLoader<string, Resource>;
}

interface Meeting {
  readonly id: string;
  readonly organizer: string;
}

interface Representation {
  readonly meetingOrganizerId: string;
  readonly meetingId: string;
  readonly id: string;
}

function recordingOf(
  root: unknown,
  { meetingOrganizerId, meetingId, id }: Representation,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Resource> {
  const args = { organizer: meetingOrganizerId, meeting: meetingId, id };
  return context.Graph.Query.recording({ root, args, context, info, selectionSet: RECORDING });
}

export const additionalResolvers = {
  Query: {
    callRecording: recordingOf,
    async callRecordings(
      root: unknown,
      { meetingOrganizerId }: { meetingOrganizerId: string },
      context: Context,
      info: GraphQLResolveInfo,
    ) {
      const args = { organizer: meetingOrganizerId, meetingOrganizerUserId: meetingOrganizerId };
      const question = { root, args, context, info, selectionSet: RECORDINGS };
      const { value } = await context.Graph.Query.recordingsOfOrganizer(question);
      return { nodes: value };
    },
    async onlineMeeting(
      root: unknown,
      { organizerId: organizer, id }: { organizerId: string; id: string },
      context: Context,
      info: GraphQLResolveInfo,
    ) {
      const question = { root, args: { organizer, id }, context, info, selectionSet: MEETING };
      return { ...(await context.Graph.Query.meeting(question)), organizer };
    },
  },
  CallRecording: {
    meeting(root: PlaceOfRecording, _: unknown, context: Context, info: GraphQLResolveInfo) {
      const args = { organizer: root.meetingOrganizer.user.id, id: root.meetingId };
      return context.Graph.Query.meeting({ root, args, context, info, selectionSet: MEETING });
    },
  },
  OnlineMeeting: {
    async recordings(root: Meeting, _: unknown, context: Context, info: GraphQLResolveInfo) {
      const args = { organizer: root.organizer, meeting: root.id };
      const question = { root, args, context, info, selectionSet: RECORDINGS };
      const { value } = await context.Graph.Query.recordingsOfMeeting(question);
      return { nodes: value };
    },
  },
  Identity: {
    async displayName(root: { id: string }, _: unknown, context: Context, info: GraphQLResolveInfo) {
      const question = { root, args: { id: root.id }, context, info, selectionSet: '{ displayName }' };
      const { displayName } = await context.Graph.Query.user(question);
      return displayName;
    },
  },
};

const entityResolvers = {
  _Entity: { __resolveType: () => 'CallRecording' },
  Query: {
    _entities: (
      root: unknown,
      { representations }: { representations: readonly Representation[] },
      context: Context,
      info: GraphQLResolveInfo,
    ) => representations.map((representation) => recordingOf(root, representation, context, info)),
  },
};

/** Adds `_entities` to the schema that Hive Gateway builds from a supergraph: it removes the field from its input. */
export const unifiedGraphHandler: UnifiedGraphHandler = (options) => {
  const handled = handleFederationSupergraph(options);
  const schema = extendSchema(handled.unifiedGraph, parse(ENTITIES));
  return { ...handled, unifiedGraph: addResolversToSchema({ schema, resolvers: entityResolvers }) };
};
