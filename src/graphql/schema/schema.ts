/** The executable schema. */
import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { withCostHints } from '../limits/cost-hints.ts';
import { withChargedLists } from '../limits/long-lists.ts';
import { CallRecording } from '../resolvers/CallRecording.ts';
import { CallRecordingConnection } from '../resolvers/CallRecordingConnection.ts';
import { CallRecordingContent } from '../resolvers/CallRecordingContent.ts';
import { CallRecordingEdge } from '../resolvers/CallRecordingEdge.ts';
import { Identity } from '../resolvers/Identity.ts';
import { IdentitySet } from '../resolvers/IdentitySet.ts';
import { OnlineMeeting } from '../resolvers/OnlineMeeting.ts';
import { Query } from '../resolvers/Query.ts';
import { Subscription } from '../resolvers/Subscription.ts';
import { User } from '../resolvers/User.ts';
import { dateTime } from './date-time.ts';
import { resolveEachRepresentation } from './entities.ts';
import { withEvolvableEnumerations } from './evolvable-enumeration.ts';

/** Builds the federation v2 subgraph from `schema.graphql`, the contract, and the resolvers. Called at startup. */
export function createSchema(): GraphQLSchema {
  const typeDefs = withCostHints(parse(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8')));
  const schema = buildSubgraphSchema([
    {
      typeDefs,
      resolvers: {
        CallRecording,
        CallRecordingConnection,
        CallRecordingContent,
        CallRecordingEdge,
        DateTime: dateTime,
        Identity,
        IdentitySet,
        OnlineMeeting,
        Query,
        Subscription,
        User,
      },
    },
  ]);
  return resolveEachRepresentation(withChargedLists(withEvolvableEnumerations(schema)), {
    CallRecording,
    OnlineMeeting,
    User,
  });
}

const answer = z.object({ data: z.object({ service: z.object({ sdl: z.string() }) }) });

/** Prints the subgraph as routers receive it, with federation's additions. Rejects when the schema cannot be built. */
export async function printSubgraph(): Promise<string> {
  const { data } = answer.parse(await graphql({ schema: createSchema(), source: '{ service: _service { sdl } }' }));
  return `${data.service.sdl.trimEnd()}\n`;
}
