/** The part of our schema that the jobs select, with typical resolvers around a loader. */
import type DataLoader from 'dataloader';
import { meetingPath, meetingPathOf, recordingPath, recordingsPath, userPath } from './graph.ts';
import type { Recording, Resource } from './graph.ts';

export const typeDefs = `
  scalar _Any
  scalar DateTime
  union _Entity = CallRecording
  type Query {
    callRecording(meetingOrganizerId: ID!, meetingId: ID!, id: ID!): CallRecording
    callRecordings(meetingOrganizerId: ID!, first: Int): CallRecordingConnection!
    onlineMeeting(organizerId: ID!, id: ID!): OnlineMeeting
    _entities(representations: [_Any!]!): [_Entity]!
  }
  type CallRecordingConnection { nodes: [CallRecording!]! }
  type CallRecording {
    id: ID!
    createdDateTime: DateTime
    endDateTime: DateTime
    recordingContentUrl: String
    meetingOrganizer: IdentitySet
    meeting: OnlineMeeting
  }
  type IdentitySet { user: Identity }
  type Identity { id: ID displayName: String }
  type OnlineMeeting {
    id: ID!
    subject: String
    startDateTime: DateTime
    endDateTime: DateTime
    joinWebUrl: String
    recordings: CallRecordingConnection!
  }
`;

/** The context of every resolver of an operation. */
export interface Context {
  readonly loader: DataLoader<string, Resource>;
}

/** A meeting with its path, from which its recordings are fetched. */
export interface Meeting extends Resource {
  readonly path: string;
}

interface Representation {
  readonly meetingOrganizerId: string;
  readonly meetingId: string;
  readonly id: string;
}

const roots = {
  Query: {
    callRecording: (_: unknown, { meetingOrganizerId, meetingId, id }: Representation, { loader }: Context) =>
      loader.load(recordingPath(meetingOrganizerId, meetingId, id)),
    async callRecordings(_: unknown, { meetingOrganizerId }: { meetingOrganizerId: string }, { loader }: Context) {
      const { value } = await loader.load(recordingsPath(meetingOrganizerId));
      return { nodes: value };
    },
    async onlineMeeting(_: unknown, { organizerId, id }: { organizerId: string; id: string }, { loader }: Context) {
      const path = meetingPath(organizerId, id);
      return { ...(await loader.load(path)), path };
    },
    _entities: (_: unknown, { representations }: { representations: readonly Representation[] }, { loader }: Context) =>
      representations.map(({ meetingOrganizerId, meetingId, id }) =>
        loader.load(recordingPath(meetingOrganizerId, meetingId, id)),
      ),
  },
};

const everyEntity = (): string => 'CallRecording';

/** The root fields for Mercurius, whose loaders do the rest. */
export const rootsForLoaders = { ...roots, _Entity: { resolveType: everyEntity } };

/** All resolvers; children use the same loader. */
export const resolvers = {
  ...roots,
  _Entity: { __resolveType: everyEntity },
  CallRecording: {
    meeting: (recording: Recording, _: unknown, { loader }: Context) => loader.load(meetingPathOf(recording)),
  },
  OnlineMeeting: {
    async recordings({ path }: Meeting, _: unknown, { loader }: Context) {
      const { value } = await loader.load(`${path}/recordings`);
      return { nodes: value };
    },
  },
  Identity: {
    async displayName({ id }: { id: string }, _: unknown, { loader }: Context) {
      const { displayName } = await loader.load(userPath(id));
      return displayName;
    },
  },
};
