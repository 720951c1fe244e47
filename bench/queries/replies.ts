/** The prepared replies of the stand-in, as Graph prints them. */
import { MEETINGS, meetingId, meetingOf, ORGANIZER, recordingId, template } from './tenant.ts';

const ROOT = 'https://graph.microsoft.com/v1.0';
const TENANT = '106feba5-bfe0-4150-a41d-a6cb82327bb5';

function recording(number: number): unknown {
  const meetingOfIt = meetingId(meetingOf(number));
  return {
    '@odata.type': '#microsoft.graph.callRecording',
    id: recordingId(number),
    meetingId: meetingOfIt,
    callId: '5c3b56f1-4cd9-4987-ac96-b9cce7eb9942',
    contentCorrelationId: 'bd54cd3b-6178-4df3-a10b-68a7144b0f7d',
    createdDateTime: `2026-09-06T23:48:00.${String(number).padStart(7, '0')}Z`,
    endDateTime: `2026-09-07T01:10:30.${String(number).padStart(7, '0')}Z`,
    recordingContentUrl: `${ROOT}/users/${ORGANIZER}/onlineMeetings/${meetingOfIt}/recordings/${recordingId(number)}/content`,
    meetingOrganizer: {
      application: null,
      device: null,
      user: {
        '@odata.type': '#microsoft.graph.teamworkUserIdentity',
        id: ORGANIZER,
        displayName: null,
        userIdentityType: 'aadUser',
        tenantId: TENANT,
      },
    },
  };
}

function participant(role: string, id: string): unknown {
  const user = { id, displayName: null, tenantId: TENANT, identityProvider: 'AAD' };
  return { identity: { user }, role, upn: 'person1@morrowtide.example' };
}

function meeting(number: number): unknown {
  const thread = `19:meeting_${number}MzQ1yOTktMjFkYy00MTE3LWE4ZDUtZWExMTU5@thread.v2`;
  const context = encodeURIComponent(JSON.stringify({ Tid: TENANT, Oid: ORGANIZER }));
  const joinWebUrl = `https://teams.microsoft.com/l/meetup-join/${encodeURIComponent(thread)}/0?context=${context}`;
  return {
    '@odata.context': `${ROOT}/$metadata#users('${ORGANIZER}')/onlineMeetings/$entity`,
    id: meetingId(number),
    creationDateTime: '2026-09-06T23:45:00.0000000Z',
    startDateTime: '2026-09-06T23:45:00.0000000Z',
    endDateTime: '2026-09-07T01:15:00.0000000Z',
    subject: `Sprint review ${number}`,
    joinWebUrl,
    joinMeetingIdSettings: { isPasscodeRequired: true, joinMeetingId: '331034041162', passcode: 'd684fc' },
    joinInformation: {
      content: `data:text/html,${encodeURIComponent(`<div><a href="${joinWebUrl}">Join the meeting</a></div>`)}`,
      contentType: 'html',
    },
    videoTeleconferenceId: null,
    chatInfo: { threadId: thread, messageId: '0', replyChainMessageId: null },
    participants: {
      organizer: participant('presenter', ORGANIZER),
      attendees: [
        participant('attendee', '289a3ef2-9722-43ea-a385-f278cc08b5a1'),
        participant('coorganizer', '7a9a3ef2-9722-43ea-a385-f278cc08b5a2'),
      ],
    },
    meetingType: 'scheduled',
    isBroadcast: false,
    broadcastSettings: null,
    externalId: null,
    meetingSpokenLanguageTag: 'en-us',
    meetingOptionsWebUrl: `https://teams.microsoft.com/meetingOptions/?threadId=${encodeURIComponent(thread)}`,
    audioConferencing: {
      conferenceId: '752327081',
      tollNumber: '+1 555 0100',
      tollFreeNumber: null,
      tollNumbers: ['+1 555 0100', '+44 1632 960100'],
      tollFreeNumbers: [],
      dialinUrl: 'https://dialin.teams.microsoft.com/usp/pstnconferencing?id=752327081',
    },
    lobbyBypassSettings: { scope: 'organization', isDialInBypassEnabled: false },
    allowedPresenters: 'everyone',
    allowedLobbyAdmitters: 'organizerAndCoOrganizersAndPresenters',
    allowMeetingChat: 'enabled',
    allowLiveShare: 'enabled',
    allowAttendeeToEnableCamera: true,
    allowAttendeeToEnableMic: true,
    allowRecording: true,
    allowTranscription: true,
    recordAutomatically: false,
    isEntryExitAnnounced: false,
    watermarkProtection: { isEnabledForContentSharing: false, isEnabledForVideo: false },
  };
}

function collection(kind: string, value: readonly unknown[]): unknown {
  return { '@odata.context': `${ROOT}/$metadata#Collection(${kind})`, '@odata.count': value.length, value };
}

function* resources(): Generator<[path: string, resource: unknown]> {
  const user = `/users/${ORGANIZER}`;
  const recordings = Array.from({ length: 2 * MEETINGS }, (_, number) => recording(number));
  yield [
    user,
    { id: ORGANIZER, displayName: `Dhruv ${ORGANIZER}`, userPrincipalName: `${ORGANIZER}@morrowtide.example` },
  ];
  yield [
    `${user}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${ORGANIZER}')`,
    collection('callRecording', recordings),
  ];
  for (let number = 0; number < MEETINGS; number += 1) {
    const path = `${user}/onlineMeetings/${meetingId(number)}`;
    yield [path, meeting(number)];
    yield [`${path}/recordings`, collection('callRecording', recordings.slice(2 * number, 2 * number + 2))];
  }
  for (const [number, resource] of recordings.entries()) {
    const path = `${user}/onlineMeetings/${meetingId(meetingOf(number))}/recordings/${recordingId(number)}`;
    yield [path, resource];
  }
}

/** Creates a function from a path below the version root to the JSON reply of its GET; null where there is none. */
export function createReplies(): (path: string) => string | null {
  const replies = new Map(
    Array.from(resources(), ([path, resource]) => [path, template(JSON.stringify(resource))] as const),
  );
  return (path) => {
    const [pathname = ''] = path.split('?', 1);
    const decoded = decodeURIComponent(pathname);
    const [, , organizer = ''] = decoded.split('/', 3);
    return replies.get(decoded.replaceAll(organizer, ORGANIZER))?.(organizer) ?? null;
  };
}
