/** The calendar: events with their organizers. It refers to meetings and people of other subgraphs by their keys. */
import { startSubgraph } from './subgraph.ts';
import type { Subgraph } from './subgraph.ts';

export interface CalendarEvent {
  readonly id: string;
  readonly location: string;
  /** The object id of the organizer. */
  readonly organizerId: string;
  /** The link with which people join the meeting in Teams. */
  readonly joinWebUrl: string;
}

/** A meeting as a router represents it: by its key. */
interface MeetingKey {
  readonly organizerId: string;
  readonly joinWebUrl: string;
}

/** Starts the subgraph with these events. Resolves when it listens. */
export function startCalendar(events: readonly CalendarEvent[], port = 0): Promise<Subgraph> {
  return startSubgraph({
    schema: 'calendar.graphql',
    port,
    resolvers: {
      Query: {
        events: (_: unknown, { organizerId }: Pick<CalendarEvent, 'organizerId'>) =>
          events.filter((event) => event.organizerId === organizerId),
      },
      Event: {
        __resolveReference: ({ id }: Pick<CalendarEvent, 'id'>) => events.find((event) => event.id === id),
        onlineMeeting: ({ organizerId, joinWebUrl }: CalendarEvent) => ({ organizerId, joinWebUrl }),
        organizer: ({ organizerId }: CalendarEvent) => ({ id: organizerId }),
      },
      OnlineMeeting: {
        __resolveReference: (key: MeetingKey) => key,
        event: ({ organizerId, joinWebUrl }: MeetingKey) =>
          events.find((event) => event.organizerId === organizerId && event.joinWebUrl === joinWebUrl),
      },
    },
  });
}
