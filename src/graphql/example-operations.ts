/** The example operations, which the playground shows as tabs. */

/** The values of the examples' variables. */
interface Subject {
  /** The object id of a meeting organizer. */
  readonly organizerId: string;
  /** The id of a recorded meeting of this organizer. */
  readonly meetingId: string;
  /** The number to type to join that meeting. */
  readonly joinMeetingId: string;
  readonly weekStart: string;
  readonly weekEnd: string;
}

/** The object id of the user who organizes most meetings in the demo tenant. */
export const demoOrganizerId = '6b1f3c52-8a0e-4d5f-9c37-2f4a1e7d9b60';

/** Values that always exist in the demo tenant of the emulator. */
const demo: Subject = {
  organizerId: demoOrganizerId,
  meetingId:
    'MSo2YjFmM2M1Mi04YTBlLTRkNWYtOWMzNy0yZjRhMWU3ZDliNjAqMCoqMTk6bWVldGluZ19aV1U0WkRZME1XUXRNVGxqWmkwMFpXUTNMV0ZpWmpFdE5UazBNVGs1T1RjMU1tTTRAdGhyZWFkLnYy',
  joinMeetingId: '301719655847',
  weekStart: '2026-11-16T00:00:00Z',
  weekEnd: '2026-11-23T00:00:00Z',
};

/**
 * The examples. The first lines of each declare its variables with their values as defaults, so that a copy of the
 * document or of its URL is complete. Without a subject there are no defaults, and GraphQL reports the missing
 * variables.
 */
function operationsAbout(subject: Subject | null): readonly string[] {
  const value = (name: keyof Subject): string => (subject === null ? '' : ` = "${subject[name]}"`);
  const hint = subject === null ? '\n# Fill in the variables in the pane below.' : '';
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
    `# New recordings, as they are added. Keep this tab open.${hint}
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
    `# The recordings of one user's meetings in one week.${hint}
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
    `# One meeting with its recordings, and links to play them.${hint}
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
    `# A list, page by page. For the next page, set "after" in the
# variables below to the endCursor: { "after": "..." }${hint}
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
    `# The meeting that people join by entering this number.${hint}
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

/** Example operations, the tabs of the playground. Each runs unchanged and without errors over the demo tenant. */
export const exampleOperations: readonly string[] = operationsAbout(demo);

/** The same operations for any other tenant: the user has to provide the variables. */
export const exampleOperationsToFillIn: readonly string[] = operationsAbout(null);
