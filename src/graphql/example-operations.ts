/** What the examples ask about. */
interface Subject {
  /** The object id of a user who organizes meetings. */
  readonly organizerId: string;
  /** A meeting of theirs that was recorded. */
  readonly meetingId: string;
  /** The number with which people join it. */
  readonly joinMeetingId: string;
  readonly weekStart: string;
  readonly weekEnd: string;
}

/** The object id of the user who organizes most meetings of the demo tenant. */
export const demoOrganizerId = '6b1f3c52-8a0e-4d5f-9c37-2f4a1e7d9b60';

/** The demo tenant of the emulator, which always has this organizer, this meeting and this week. */
const demo: Subject = {
  organizerId: demoOrganizerId,
  meetingId:
    'MSo2YjFmM2M1Mi04YTBlLTRkNWYtOWMzNy0yZjRhMWU3ZDliNjAqMCoqMTk6bWVldGluZ19aV1U0WkRZME1XUXRNVGxqWmkwMFpXUTNMV0ZpWmpFdE5UazBNVGs1T1RjMU1tTTRAdGhyZWFkLnYy',
  joinMeetingId: '301719655847',
  weekStart: '2026-11-16T00:00:00Z',
  weekEnd: '2026-11-23T00:00:00Z',
};

/**
 * The examples, in which each variable stands in the first lines with its value, so that a copy of the document or of its
 * URL is the whole of it. Without a subject the variables stand there without values, and GraphQL itself says which are missing.
 */
function operationsAbout(subject: Subject | null): readonly string[] {
  const value = (name: keyof Subject): string => (subject === null ? '' : ` = "${subject[name]}"`);
  const hint = subject === null ? '\n# Give the variables in the pane below.' : '';
  return [
    `# The recordings of one organizer, with names.${hint}
query Recordings(
  $organizerId: ID!${value('organizerId')}
) {
  callRecordings(meetingOrganizerId: $organizerId) {
    nodes {
      meeting {
        subject
        startDateTime
        endDateTime
      }
      meetingOrganizer {
        user {
          displayName
        }
      }
      createdDateTime
      endDateTime
      id
    }
  }
}
`,
    `# What is recorded from now on: leave it open.${hint}
subscription Live(
  $organizerId: ID!${value('organizerId')}
) {
  callRecordingDelta(
    meetingOrganizerId: $organizerId
    since: "now"
  ) {
    added {
      createdDateTime
      meeting {
        subject
      }
      meetingOrganizer {
        user {
          displayName
        }
      }
    }
    token
  }
}
`,
    `# What one user recorded in one week.${hint}
query Week(
  $userId: ID!${value('organizerId')}
  $from: DateTime!${value('weekStart')}
  $to: DateTime!${value('weekEnd')}
) {
  user(id: $userId) {
    displayName
    userPrincipalName
    callRecordings(startDateTime: $from, endDateTime: $to) {
      nodes {
        createdDateTime
        meeting {
          subject
          participants {
            attendees {
              role
              identity {
                user {
                  displayName
                }
              }
            }
          }
        }
      }
    }
  }
}
`,
    `# One meeting with its recordings, and links that play them.${hint}
query Meeting(
  $organizerId: ID!${value('organizerId')}
  $meetingId: ID!${value('meetingId')}
) {
  onlineMeeting(
    organizerId: $organizerId
    id: $meetingId
  ) {
    subject
    startDateTime
    endDateTime
    joinWebUrl
    participants {
      organizer {
        upn
        role
      }
    }
    recordings {
      nodes {
        id
        createdDateTime
        endDateTime
        content {
          url
          expirationDateTime
        }
      }
    }
  }
}
`,
    `# A list page by page: for the next, give the endCursor
# of this one in the pane below: { "after": "..." }${hint}
query Pages(
  $organizerId: ID!${value('organizerId')}
  $first: Int! = 4
  $after: String
) {
  callRecordings(
    meetingOrganizerId: $organizerId
    first: $first
    after: $after
  ) {
    nodes {
      id
      createdDateTime
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
    `# The meeting that people join by typing a number.${hint}
query Join(
  $organizerId: ID!${value('organizerId')}
  $joinMeetingId: String!${value('joinMeetingId')}
) {
  onlineMeetingByJoinMeetingId(
    organizerId: $organizerId
    joinMeetingId: $joinMeetingId
  ) {
    id
    subject
    joinWebUrl
    joinMeetingIdSettings {
      joinMeetingId
      isPasscodeRequired
    }
  }
}
`,
  ];
}

/** Operations to begin with: the tabs of the playground. Each is answered whole over the demo tenant, as it stands. */
export const exampleOperations: readonly string[] = operationsAbout(demo);

/** The same operations for a tenant of which nothing is known: they ask for the values of their variables. */
export const exampleOperationsToFillIn: readonly string[] = operationsAbout(null);
