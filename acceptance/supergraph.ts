/** A supergraph of three: the recordings over an emulated Graph, and the example's directory and calendar. */
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { startCalendar } from '../examples/federation/calendar.ts';
import { startUsers } from '../examples/federation/users.ts';
import { startGateway } from '../test/support/gateway.ts';
import type { TestGateway, TestGatewayOptions } from '../test/support/gateway.ts';
import type { Tap } from '../test/support/tap.ts';
import type { Subgraph } from './composition.ts';

export interface Supergraph {
  readonly recordings: TestGateway;
  /** The object id of the organizer of most meetings. */
  readonly organizer: string;
  readonly subgraphs: readonly Subgraph[];
}

const service = z.object({ data: z.object({ service: z.object({ sdl: z.string() }) }) });

/** Requests a subgraph's schema, as a router or a composer would. */
export async function readSubgraph(
  name: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Subgraph> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ service: _service { sdl } }' }),
  });
  return { name, url, sdl: service.parse(await response.json()).data.service.sdl };
}

export interface SupergraphOptions extends TestGatewayOptions {
  /** The headers of the schema request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A tap that records the traffic to the recordings. */
  readonly tap?: Tap;
}

/** Starts the three subgraphs. They end with the test. */
export async function startSupergraph({ headers = {}, tap, ...options }: SupergraphOptions = {}): Promise<Supergraph> {
  const recordings = await startGateway({ tenant: { users: 1, meetings: 3, recordings: 3 }, ...options });
  tap?.leadTo(Number(new URL(recordings.url).port));
  const { tenant } = recordings.emulator;
  const users = await startUsers(
    tenant.users.map(({ userPrincipalName, ...user }) => ({ ...user, mail: userPrincipalName })),
  );
  onTestFinished(() => users.close());
  const calendar = await startCalendar(
    tenant.meetings.map(({ joinWebUrl, organizerId }, index) => ({
      id: `entry-${index}`,
      location: `Room ${index}`,
      organizerId,
      joinWebUrl,
    })),
  );
  onTestFinished(() => calendar.close());
  const subgraphs = await Promise.all([
    readSubgraph('recordings', `http://${tap?.host ?? new URL(recordings.url).host}/graphql`, headers),
    readSubgraph('users', users.url, headers),
    readSubgraph('calendar', calendar.url, headers),
  ]);
  return { recordings, organizer: tenant.users[0]?.id ?? '', subgraphs };
}
