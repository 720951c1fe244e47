/** One recording: its details, and the video in place. */
import { useApolloClient, useReactiveVar } from '@apollo/client/react';
import { useId, useRef, useState } from 'react';
import { readFragment } from '../graphql.generated/fragment-masking.ts';
import type { FragmentType } from '../graphql.generated/fragment-masking.ts';
import { graphql } from '../graphql.generated/gql.ts';
import { keyOf } from '../graphql/key.ts';
import { missingParts } from '../graphql/missing.ts';
import { CloseIcon, PlayIcon } from '../page/icons.tsx';
import { Said } from '../page/said.tsx';
import { Player } from '../player/player.tsx';
import { durationText, timeText } from './day.ts';

const RECORDING_CARD = graphql(`
  fragment RecordingCard on CallRecording {
    meetingOrganizerId
    meetingId
    id
    createdDateTime
    endDateTime
    meeting {
      organizerId
      id
      subject
    }
    meetingOrganizer {
      user {
        displayName
      }
    }
  }
`);

/** Reloads a recording of which a part could not be loaded. */
const RECORDING_AGAIN = graphql(`
  query RecordingAgain($organizerId: ID!, $meetingId: ID!, $id: ID!) {
    callRecording(meetingOrganizerId: $organizerId, meetingId: $meetingId, id: $id) {
      ...RecordingCard
    }
  }
`);

interface RecordingCardProps {
  readonly recording: FragmentType<typeof RECORDING_CARD>;
  readonly isNew: boolean;
  /** Whether the video is shown. */
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

/** The title of a recording: its meeting's subject, where known. */
function titleOf(meeting: { readonly subject: string | null } | null, isMissing: boolean): string {
  if (meeting !== null) return meeting.subject || 'Meeting without a subject';
  return isMissing ? 'Meeting that could not be loaded' : 'Meeting that was not found';
}

/** Shows one recording as a card whose heading is a button that opens the video in place. */
export function RecordingCard({ recording: masked, isNew, isOpen, onToggle }: RecordingCardProps) {
  const recording = readFragment(RECORDING_CARD, masked);
  const { createdDateTime, endDateTime, meeting, meetingOrganizer } = recording;
  const missing = useReactiveVar(missingParts).get(keyOf(recording));
  const details = useId();
  const length = useId();
  const button = useRef<HTMLButtonElement>(null);
  const title = titleOf(meeting, missing !== undefined);
  const duration = durationText(createdDateTime, endDateTime);
  const organizer = meetingOrganizer?.user?.displayName;

  function close(): void {
    onToggle(false);
    button.current?.focus();
  }

  return (
    <article className={isNew ? 'card card-new' : 'card'}>
      <div className="card-head">
        <span className="card-mark">{isOpen ? <CloseIcon /> : <PlayIcon />}</span>
        <div className="card-words">
          <h3 className="card-title">
            <button
              ref={button}
              type="button"
              aria-expanded={isOpen}
              aria-describedby={`${details} ${length}`}
              onClick={() => (isOpen ? close() : onToggle(true))}
            >
              <span className="visually-hidden">{isOpen ? 'Close ' : 'Play '}</span>
              {title}
            </button>
            {isNew && <span className="badge">New</span>}
          </h3>
          <p id={details} className="card-details">
            {createdDateTime !== null && <time dateTime={createdDateTime}>{timeText(createdDateTime)}</time>}
            {organizer && <span>{organizer}</span>}
          </p>
        </div>
        {duration !== null && (
          <p id={length} className="card-duration">
            {duration}
          </p>
        )}
      </div>
      {missing !== undefined && <Missing recording={recording} detail={missing} />}
      {isOpen && <Player recording={recording} title={title} onClose={close} />}
    </article>
  );
}

interface MissingProps {
  readonly recording: { readonly meetingOrganizerId: string; readonly meetingId: string | null; readonly id: string };
  /** The gateway's message. */
  readonly detail: string;
}

/** Shows which part of a recording could not be loaded, and lets the user reload it. */
function Missing({ recording: { meetingOrganizerId: organizerId, meetingId, id }, detail }: MissingProps) {
  const client = useApolloClient();
  const [isLoading, setIsLoading] = useState(false);

  async function load(): Promise<void> {
    setIsLoading(true);
    const variables = { organizerId, meetingId: meetingId ?? '', id };
    await client.query({ query: RECORDING_AGAIN, variables, errorPolicy: 'all', fetchPolicy: 'network-only' });
    setIsLoading(false);
  }

  return (
    <div className="card-missing">
      <p>Part of this recording could not be loaded.</p>
      <Said detail={detail} />
      {meetingId !== null && (
        <button type="button" className="button" disabled={isLoading} onClick={() => void load()}>
          {isLoading ? 'Loading…' : 'Load again'}
        </button>
      )}
    </div>
  );
}
