/** The tenant: users, meetings and recordings in memory. */
import { dateTime, requireDateTime } from '../date-time.ts';
import { badRequest } from '../graph-error.ts';
import { company, person, subject } from './names.ts';
import { guid, hex, number, pick } from './seeded.ts';

export interface User {
  readonly id: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly surname: string;
  readonly jobTitle: string;
  readonly userPrincipalName: string;
}

export interface Meeting {
  readonly id: string;
  readonly organizerId: string;
  readonly subject: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  /** The object ids of the invited users. */
  readonly attendeeIds: readonly string[];
  readonly threadId: string;
  readonly joinWebUrl: string;
  readonly joinMeetingId: string;
  readonly videoTeleconferenceId: string | null;
}

export interface Recording {
  readonly id: string;
  readonly meetingId: string;
  readonly organizerId: string;
  readonly createdDateTime: string;
  readonly endDateTime: string;
}

export type NewUser = Partial<User>;
export type NewMeeting = Partial<Meeting>;
export type NewRecording = Partial<Omit<Recording, 'organizerId'>>;

/** The users, meetings and recordings of one organization. */
export interface Tenant {
  readonly id: string;
  readonly seed: string;
  readonly users: readonly User[];
  readonly meetings: readonly Meeting[];
  /** In the order in which they became available, which is not the order of `createdDateTime`. */
  readonly recordings: readonly Recording[];
  readonly user: (id: string) => User | undefined;
  readonly userByPrincipalName: (userPrincipalName: string) => User | undefined;
  readonly meeting: (id: string) => Meeting | undefined;
  readonly recordingsOfMeeting: (meetingId: string) => readonly Recording[];
  readonly recordingsOfOrganizer: (organizerId: string) => readonly Recording[];
}

/** A tenant that can grow. Nothing is ever removed, as in the rounds of a delta. */
export interface GrowingTenant extends Tenant {
  readonly addUser: (user?: NewUser) => User;
  readonly addMeeting: (meeting?: NewMeeting) => Meeting;
  readonly addRecording: (recording?: NewRecording) => Recording;
}

const halfAnHourMs = 30 * 60 * 1000;

/**
 * Creates an empty tenant. Each `add…` takes the given properties, invents the rest from the seed, and throws when it
 * is given a user or a meeting that the tenant does not have, an id that it already has, or a time that is none.
 */
export function createTenant(seed: string, now: () => number): GrowingTenant {
  const id = guid(seed, 'tenant');
  const users: User[] = [];
  const meetings: Meeting[] = [];
  const recordings: Recording[] = [];
  const usersById = new Map<string, User>();
  const usersByPrincipalName = new Map<string, User>();
  const meetingsById = new Map<string, Meeting>();
  const byMeeting = new Map<string, Recording[]>();
  const byOrganizer = new Map<string, Recording[]>();

  function requireUser(userId: string): User {
    const user = usersById.get(fold(userId));
    if (user === undefined) {
      throw badRequest(`The tenant has no user with the object id "${userId}". Call addUser first.`);
    }
    return user;
  }

  function addUser(given: NewUser = {}): User {
    const position = users.length;
    const invented = person(seed, position);
    const { givenName = invented.givenName, surname = invented.surname } = given;
    const user: User = {
      id: guid(seed, 'user', position),
      displayName: `${givenName} ${surname}`,
      jobTitle: invented.jobTitle,
      userPrincipalName: `person${position + 1}@${company.domain}`,
      ...given,
      givenName,
      surname,
    };
    if (usersById.has(fold(user.id))) {
      throw badRequest(`The tenant already has a user with the object id "${user.id}".`);
    }
    users.push(user);
    usersById.set(fold(user.id), user);
    usersByPrincipalName.set(fold(user.userPrincipalName), user);
    return user;
  }

  function addMeeting(given: NewMeeting = {}): Meeting {
    const position = meetings.length;
    const organizer = given.organizerId ?? users[number(Math.max(1, users.length), seed, 'organizer', position)]?.id;
    const organizerId = requireUser(organizer ?? '').id;
    const threadId =
      given.threadId ?? `19:meeting_${Buffer.from(guid(seed, 'thread', position)).toString('base64')}@thread.v2`;
    const startDateTime = requireDateTime('startDateTime', given.startDateTime ?? dateTime(now()));
    const endDateTime = given.endDateTime ?? dateTime(Date.parse(startDateTime) + halfAnHourMs);
    const context = encodeURIComponent(JSON.stringify({ Tid: id, Oid: organizerId }));
    const meeting: Meeting = {
      // The current form: https://learn.microsoft.com/en-us/graph/api/onlinemeeting-get
      id: Buffer.from(`1*${organizerId}*0**${threadId}`).toString('base64'),
      subject: subject(seed, position),
      attendeeIds: [],
      joinWebUrl: `https://teams.microsoft.com/l/meetup-join/${encodeURIComponent(threadId)}/0?context=${context}`,
      joinMeetingId: String(200_000_000_000 + number(700_000_000_000, seed, 'join', position)),
      videoTeleconferenceId: position % 3 === 0 ? String(100_000_000 + position) : null,
      ...given,
      organizerId,
      threadId,
      startDateTime,
      endDateTime: requireDateTime('endDateTime', endDateTime),
    };
    meeting.attendeeIds.forEach(requireUser);
    if (meetingsById.has(meeting.id)) {
      throw badRequest(`The tenant already has a meeting with the id "${meeting.id}".`);
    }
    meetings.push(meeting);
    meetingsById.set(meeting.id, meeting);
    return meeting;
  }

  function addRecording(given: NewRecording = {}): Recording {
    const position = recordings.length;
    const someMeeting = meetings[number(Math.max(1, meetings.length), seed, 'recorded', position)];
    const meetingId = given.meetingId ?? someMeeting?.id ?? '';
    const meeting = meetingsById.get(meetingId);
    if (meeting === undefined) {
      throw badRequest(`The tenant has no meeting with the id "${meetingId}". Call addMeeting first.`);
    }
    const siblings = byMeeting.get(meetingId) ?? [];
    // A recording that has just become available was made during the meeting.
    const createdDateTime = requireDateTime(
      'createdDateTime',
      given.createdDateTime ?? dateTime(now() - halfAnHourMs, number(10_000, seed, 'ticks', position)),
    );
    const endDateTime =
      given.endDateTime ?? dateTime(Date.parse(createdDateTime) + halfAnHourMs, number(10_000, seed, 'end', position));
    const recording: Recording = {
      id: recordingId(meeting, position),
      ...given,
      meetingId,
      createdDateTime,
      endDateTime: requireDateTime('endDateTime', endDateTime),
      organizerId: meeting.organizerId,
    };
    if (siblings.some((sibling) => sibling.id === recording.id)) {
      throw badRequest(`The meeting already has a recording with the id "${recording.id}".`);
    }
    recordings.push(recording);
    byMeeting.set(meetingId, siblings);
    siblings.push(recording);
    const ofOrganizer = byOrganizer.get(meeting.organizerId) ?? [];
    byOrganizer.set(meeting.organizerId, ofOrganizer);
    ofOrganizer.push(recording);
    return recording;
  }

  // Two generations of ids coexist: plain GUIDs, and the current long form, which ends in "=".
  // https://learn.microsoft.com/en-us/graph/api/callrecording-get
  function recordingId(meeting: Meeting, position: number): string {
    const own = guid(seed, 'recording', position);
    const calendarUid = hex(112, seed, 'calendar', meeting.id).toUpperCase();
    return pick(['today', 'today', 'today', 'older'], seed, 'generation', position) === 'older'
      ? own
      : Buffer.from(`V2##1${meeting.organizerId}${id}${calendarUid}##${own}`).toString('base64');
  }

  return {
    id,
    seed,
    users,
    meetings,
    recordings,
    user: (userId) => usersById.get(fold(userId)),
    userByPrincipalName: (name) => usersByPrincipalName.get(fold(name)),
    meeting: (meetingId) => meetingsById.get(meetingId),
    recordingsOfMeeting: (meetingId) => byMeeting.get(meetingId) ?? [],
    recordingsOfOrganizer: (organizerId) => byOrganizer.get(organizerId) ?? [],
    addUser,
    addMeeting,
    addRecording,
  };
}

// Object ids are GUIDs and principal names are mail addresses: both are case-insensitive.
function fold(name: string): string {
  return name.toLowerCase();
}
