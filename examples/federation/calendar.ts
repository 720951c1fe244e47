/** The calendar: who has called whom to what. It refers to meetings and people that others own, by their keys. */
import { startSubgraph } from './subgraph.ts';
import type { Subgraph } from './subgraph.ts';

export interface CalendarEvent {
  readonly id: string;
  readonly location: string;
  /** The object id of who has called the others. */
  readonly organizerId: string;
  /** The id of the meeting in Teams. */
  readonly meetingId: string;
}

/** A meeting as a router names it: by its key. */
interface MeetingKey {
  readonly organizerId: string;
  readonly id: string;
}

/** Starts the subgraph over these entries. Resolves when it listens. */
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
        onlineMeeting: ({ organizerId, meetingId }: CalendarEvent) => ({ organizerId, id: meetingId }),
        organizer: ({ organizerId }: CalendarEvent) => ({ id: organizerId }),
      },
      OnlineMeeting: {
        __resolveReference: (key: MeetingKey) => key,
        event: ({ organizerId, id }: MeetingKey) =>
          events.find((event) => event.organizerId === organizerId && event.meetingId === id),
      },
    },
  });
}
