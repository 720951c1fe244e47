/**
 * Paths below a version root of Microsoft Graph. They are built, never concatenated: ids are opaque, and whatever an id
 * holds, it stays one path segment or one OData literal.
 */
import { InputError } from './error.ts';

/** The version root of every path. */
export const VERSION_ROOT = '/v1.0';

/** A value that `graphPath` writes as an OData literal and not as a path segment. */
interface Literal {
  readonly literal: string;
}

function percentEncode(text: string): string {
  // Most of Graph's ids need no encoding.
  if (/^[\w.~-]*$/.test(text)) return text;
  // encodeURIComponent leaves ! ' ( ) * alone, and quotes and parentheses mean something in an OData path.
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Far more than any id of Graph's or any join link has, even percent-encoded. */
const MOST_CHARACTERS = 4_096;

/** Checks, escapes and then encodes an id. */
function encoded(text: string, escape = (id: string): string => id): string {
  const id = percentEncode(escape(checked(text)));
  if (id.length <= MOST_CHARACTERS) return id;
  throw new InputError(
    `An id or a join link must have at most ${MOST_CHARACTERS} characters when it is percent-encoded, but the given one then has ${id.length}. Use it exactly as Microsoft Graph returned it.`,
  );
}

function checked(text: string): string {
  if (text.length > MOST_CHARACTERS) {
    throw new InputError(
      `An id or a join link must have at most ${MOST_CHARACTERS} characters, but the given one has ${text.length}. Use it exactly as Microsoft Graph returned it.`,
    );
  }
  // Two parts of a token: an id may look like the beginning of one.
  if (text.startsWith('eyJ') && /^eyJ[\w-]{10,}\.eyJ/.test(text)) {
    throw new InputError(
      'An id or a join link must not be an access token. Use it exactly as Microsoft Graph returned it.',
    );
  }
  if (text === '')
    throw new InputError('An id or a join link must not be empty. Use it exactly as Microsoft Graph returned it.');
  if (!text.isWellFormed()) {
    throw new InputError(
      'An id or a join link must be well-formed Unicode, but the given one contains half of a surrogate pair. Use it exactly as Microsoft Graph returned it.',
    );
  }
  return text;
}

function quoted(text: string): string {
  // https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html: a quote is written twice.
  return `'${encoded(text, (id) => id.replaceAll("'", "''"))}'`;
}

/** Marks a string to be written as a quoted OData literal. */
function quote(text: string): Literal {
  return { literal: quoted(text) };
}

/** Marks an instant to be written as an unquoted OData literal. */
function instant(dateTime: string): Literal {
  return { literal: percentEncode(dateTime).replaceAll('%3A', ':') };
}

/** What a message shows of an id. Two meetings of one user differ only after the first hundred. */
const SHOWN_CHARACTERS = 160;
/** An id that is longer, whose beginning is shown. */
const LONG_ID = new RegExp(`([^/(),'=]{${SHOWN_CHARACTERS}})[^/(),'=]+`, 'g');
const HALF_ESCAPE = /%.?$/;

/**
 * The name of a request in messages: without its query, which may hold confidential data, and with only the beginning
 * of a long id, because one response may have thousands of messages.
 */
export function requestName(method: string, path: string): string {
  const name = `${method} ${path.split('?', 1)[0]}`;
  return name.length <= SHOWN_CHARACTERS
    ? name
    : name.replaceAll(LONG_ID, (_, shown: string) => `${shown.replace(HALF_ESCAPE, '')}…`);
}

/** Where a path names a user: as a segment of its own, or as an argument of a function. */
const USER = /^\/users\/[^/?]+|(?<=\bmeetingOrganizerUserId=)'[^']*'/g;

const CAPITAL_IN_SEGMENT = /^\/users\/[^/?]*[A-Z]/;
const CAPITAL_IN_ARGUMENT = /\bmeetingOrganizerUserId='[^']*[A-Z]/;

/**
 * The key of a path: requests with equal keys can share a response or a cache entry. Users are case-insensitive,
 * because they are named by a GUID (https://www.rfc-editor.org/rfc/rfc9562#section-4) or by an email address. Other ids
 * are case-sensitive.
 */
export function pathKey(path: string): string {
  // Nearly every path is its own key. Most have no function, and need not be searched for its argument.
  if (!CAPITAL_IN_SEGMENT.test(path) && !(path.includes('(') && CAPITAL_IN_ARGUMENT.test(path))) return path;
  return path.replaceAll(USER, (user) => user.toLowerCase());
}

/** The first two segments of a path. */
const OWNER = /^\/[^/?]*(?:\/[^/?]*)?/;

/** What paths are about, nearly always users: their first two segments, equal whatever the letter case of the user. */
export function ownerKeys(paths: readonly string[]): ReadonlySet<string> {
  const keys = new Set<string>();
  let owner: string | null = null;
  for (const path of paths) {
    // Most paths of a batch are about the same user.
    if (owner !== null && path.startsWith(`${owner}/`)) continue;
    owner = OWNER.exec(path)?.[0] ?? path;
    keys.add(pathKey(owner));
  }
  return keys;
}

function graphPath(strings: TemplateStringsArray, ...values: (string | Literal)[]): string {
  let path = strings[0] ?? '';
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'string') path += value.literal;
    // A segment of only dots would be resolved away, encoded or not. OData's other notation of a key survives:
    // /users('..'). https://url.spec.whatwg.org/#double-dot-path-segment
    else if (value === '.' || value === '..') path = `${path.slice(0, -1)}(${quoted(value)})`;
    else path += encoded(value);
    path += strings[index + 1] ?? '';
  }
  return path;
}

/** One online meeting: https://learn.microsoft.com/en-us/graph/api/onlinemeeting-get */
export function onlineMeetingPath(userId: string, meetingId: string): string {
  return graphPath`/users/${userId}/onlineMeetings/${meetingId}`;
}

/**
 * The meetings of a user that have this join link, at most one:
 * https://learn.microsoft.com/en-us/graph/api/onlinemeeting-get
 */
export function onlineMeetingsByJoinWebUrlPath(userId: string, joinWebUrl: string): string {
  return graphPath`/users/${userId}/onlineMeetings?$filter=JoinWebUrl%20eq%20${quote(joinWebUrl)}`;
}

/**
 * The meetings of a user that have this meeting number, at most one:
 * https://learn.microsoft.com/en-us/graph/api/onlinemeeting-get
 */
export function onlineMeetingsByJoinMeetingIdPath(userId: string, joinMeetingId: string): string {
  return graphPath`/users/${userId}/onlineMeetings?$filter=joinMeetingIdSettings/joinMeetingId%20eq%20${quote(joinMeetingId)}`;
}

/**
 * The meetings that have this video teleconference id, at most one, for applications only:
 * https://learn.microsoft.com/en-us/graph/api/onlinemeeting-get
 */
export function onlineMeetingsByVideoTeleconferenceIdPath(videoTeleconferenceId: string): string {
  return graphPath`/communications/onlineMeetings?$filter=VideoTeleconferenceId%20eq%20${quote(videoTeleconferenceId)}`;
}

/** The recordings of one meeting: https://learn.microsoft.com/en-us/graph/api/onlinemeeting-list-recordings */
export function recordingsPath(organizerId: string, meetingId: string): string {
  return graphPath`/users/${organizerId}/onlineMeetings/${meetingId}/recordings`;
}

/** One recording: https://learn.microsoft.com/en-us/graph/api/callrecording-get */
export function callRecordingPath(organizerId: string, meetingId: string, recordingId: string): string {
  return graphPath`/users/${organizerId}/onlineMeetings/${meetingId}/recordings/${recordingId}`;
}

/** The bytes of one recording: https://learn.microsoft.com/en-us/graph/api/callrecording-get */
export function contentPath(organizerId: string, meetingId: string, recordingId: string): string {
  return graphPath`/users/${organizerId}/onlineMeetings/${meetingId}/recordings/${recordingId}/content`;
}

/**
 * All recordings of the meetings that a user organized:
 * https://learn.microsoft.com/en-us/graph/api/onlinemeeting-getallrecordings. Never with `$top`: with it Graph may
 * leave out the nextLink, and all later items are silently lost (known issues in
 * https://learn.microsoft.com/en-us/graph/api/callrecording-delta).
 */
export function getAllRecordingsPath(
  organizerId: string,
  window: { readonly startDateTime?: string | null; readonly endDateTime?: string | null },
): string {
  const base = graphPath`/users/${organizerId}/onlineMeetings/getAllRecordings(meetingOrganizerUserId=${quote(organizerId)}`;
  const start = window.startDateTime ? graphPath`,startDateTime=${instant(window.startDateTime)}` : '';
  const end = window.endDateTime ? graphPath`,endDateTime=${instant(window.endDateTime)}` : '';
  return `${base}${start}${end})`;
}

/** Whether Graph responds with a page of all recordings of a user, by far the longest response that is batched. */
export function isLongList(path: string): boolean {
  // Change tracking nearly always returns nothing new.
  return path.includes('/getAllRecordings(') && !path.includes(')/delta');
}

/**
 * Change tracking over all recordings of the meetings that a user organized, from the beginning:
 * https://learn.microsoft.com/en-us/graph/api/callrecording-delta
 */
export function getAllRecordingsDeltaPath(organizerId: string): string {
  return `${getAllRecordingsPath(organizerId, {})}/delta`;
}

/** The members that are read of one user: https://learn.microsoft.com/en-us/graph/api/user-get */
export function userPath(userId: string): string {
  return graphPath`/users/${userId}?$select=id,displayName,userPrincipalName`;
}

/** Where subscriptions are created: https://learn.microsoft.com/en-us/graph/api/subscription-post-subscriptions */
export const SUBSCRIPTIONS_PATH = '/subscriptions';

/** One subscription: https://learn.microsoft.com/en-us/graph/api/resources/subscription */
export function subscriptionPath(subscriptionId: string): string {
  return graphPath`/subscriptions/${subscriptionId}`;
}

/**
 * All recordings of the meetings that a user organizes, as the `resource` of a subscription:
 * https://learn.microsoft.com/en-us/graph/teams-changenotifications-callrecording-and-calltranscript
 */
export function recordingsResource(organizerId: string): string {
  return graphPath`users/${organizerId}/onlineMeetings/getAllRecordings`;
}
