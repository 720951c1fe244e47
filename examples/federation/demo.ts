/** The directory's and the calendar's data about the people and meetings of the demo tenant. */
import type { CalendarEvent } from './calendar.ts';
import type { Person } from './users.ts';

const nkechi = '6b1f3c52-8a0e-4d5f-9c37-2f4a1e7d9b60';

export const demoPeople: readonly Person[] = [
  {
    id: nkechi,
    displayName: 'Nkechi Adebayo-Lund',
    jobTitle: 'Head of Product',
    mail: 'nkechi.adebayo@morrowtide.example',
  },
];

export const demoEvents: readonly CalendarEvent[] = [
  {
    id: 'retrospective',
    location: 'Lighthouse, second floor',
    organizerId: nkechi,
    joinWebUrl:
      'https://teams.microsoft.com/l/meetup-join/19%3Ameeting_OGVlMGJiODQtMjBkZi00MDg3LWE0NTQtZTAwMDEzNTYwM2Uw%40thread.v2/0?context=%7B%22Tid%22%3A%220ccc5acb-e4a0-4572-aeb1-b2772b062ae9%22%2C%22Oid%22%3A%226b1f3c52-8a0e-4d5f-9c37-2f4a1e7d9b60%22%7D',
  },
  {
    id: 'quarterly-planning',
    location: 'Boathouse',
    organizerId: nkechi,
    joinWebUrl:
      'https://teams.microsoft.com/l/meetup-join/19%3Ameeting_ZWU4ZDY0MWQtMTljZi00ZWQ3LWFiZjEtNTk0MTk5OTc1MmM4%40thread.v2/0?context=%7B%22Tid%22%3A%220ccc5acb-e4a0-4572-aeb1-b2772b062ae9%22%2C%22Oid%22%3A%226b1f3c52-8a0e-4d5f-9c37-2f4a1e7d9b60%22%7D',
  },
];
