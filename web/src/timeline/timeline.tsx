/** Recordings by day. */
import { useState } from 'react';
import { readFragment } from '../graphql.generated/fragment-masking.ts';
import type { FragmentType } from '../graphql.generated/fragment-masking.ts';
import { graphql } from '../graphql.generated/gql.ts';
import { keyOf } from '../graphql/key.ts';
import { dayLabel, groupByDay } from './day.ts';
import { RecordingCard } from './recording-card.tsx';
import { useToday } from './today.ts';

const TIMELINE_RECORDING = graphql(`
  fragment TimelineRecording on CallRecording {
    meetingOrganizerId
    meetingId
    id
    createdDateTime
    meeting {
      organizerId
      id
      subject
    }
    ...RecordingCard
  }
`);

/** The screen reader's announcement of a new recording. The count makes it differ when the same subject comes twice. */
function announcement(subject: string | null | undefined, count: number): string {
  return count === 0
    ? ''
    : `New recording${count === 1 ? '' : ` number ${count}`}: ${subject || 'meeting without a subject'}.`;
}

interface TimelineProps {
  readonly recordings: readonly FragmentType<typeof TIMELINE_RECORDING>[];
  /** The keys of recordings added while the page was open. */
  readonly appeared: readonly string[];
}

/** Shows recordings by day, the newest first. One of them plays at a time. */
export function Timeline({ recordings, appeared }: TimelineProps) {
  const now = useToday();
  const [openKey, setOpenKey] = useState<string | null>(null);
  const known = readFragment(TIMELINE_RECORDING, recordings);
  const newest = known.find((recording) => keyOf(recording) === appeared.at(-1));
  const days = groupByDay(known).map(({ date, recordings: ofDay }) => {
    const label = dayLabel(date, now);
    return (
      <section key={date} className="day" aria-labelledby={`day-${date}`}>
        <h2 id={`day-${date}`} className="day-label">
          {label.name} <span className="day-date">{label.date}</span>
        </h2>
        <ol className="cards">
          {ofDay.map((recording) => {
            const key = keyOf(recording);
            return (
              <li key={key}>
                <RecordingCard
                  recording={recording}
                  isNew={appeared.includes(key)}
                  isOpen={openKey === key}
                  onToggle={(isOpen) => setOpenKey(isOpen ? key : null)}
                />
              </li>
            );
          })}
        </ol>
      </section>
    );
  });
  return (
    <>
      {days}
      <output className="visually-hidden">{announcement(newest?.meeting?.subject, appeared.length)}</output>
    </>
  );
}
