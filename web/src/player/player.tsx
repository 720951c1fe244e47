/** The video of a recording, played and sought in place. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '../graphql/failure.ts';
import type { RecordingKey } from '../graphql/key.ts';
import { FailureNotice } from '../page/failure-notice.tsx';
import { reasonOf, useContentLinks } from './content-link.ts';
import type { ContentLink } from './content-link.ts';

interface PlayerProps {
  readonly recording: RecordingKey;
  readonly title: string;
  readonly onClose: () => void;
}

const CANNOT_PLAY: Failure = {
  code: 'MEDIA',
  title: 'The video cannot be played',
  advice: 'Try again. If the problem persists, the recording may not be available.',
  detail: null,
  canRetry: true,
  retryAfterSeconds: null,
};

/** The position and play state to restore when the video is reopened with another link. */
interface Resumption {
  readonly atSeconds: number;
  readonly isPlaying: boolean;
}

/**
 * Plays a recording. Its link expires after a while, often before the recording ends. When the video fails with a link
 * that worked before, or is played or sought when its link is about to expire, a new link continues at the same
 * position.
 */
export function Player({ recording, title, onClose }: PlayerProps) {
  const askForLink = useContentLinks(recording);
  const [link, setLink] = useState<ContentLink | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const resumption = useRef<Resumption>({ atSeconds: 0, isPlaying: true });
  const isAsking = useRef(false);
  /** Whether the current link could play at its start position: if not, another one could not either. */
  const hasShown = useRef(false);
  const frame = useRef<HTMLDivElement>(null);

  const open = useCallback(async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    const next = await askForLink();
    isAsking.current = false;
    hasShown.current = false;
    if ('url' in next) setLink(next);
    else setFailure(next);
  }, [askForLink]);

  // State is set only after the link has arrived.
  // oxlint-disable-next-line react/set-state-in-effect
  useEffect(() => void open(), [open]);

  useEffect(() => {
    frame.current?.scrollIntoView({ block: 'nearest' });
  }, []);

  useEffect(() => {
    const closeByKey = (event: KeyboardEvent): void => {
      // In full screen the same key only leaves full screen.
      if (event.key === 'Escape' && document.fullscreenElement === null) onClose();
    };
    window.addEventListener('keydown', closeByKey);
    return () => window.removeEventListener('keydown', closeByKey);
  }, [onClose]);

  /** Reopens the video with another link at the same position. */
  function renew({ currentTime, paused }: HTMLVideoElement): void {
    // Updated even while a link is being requested: when the user drags the slider, the last position counts.
    resumption.current = { atSeconds: currentTime, isPlaying: !paused };
    void open();
  }

  function resume(element: HTMLVideoElement): void {
    const { atSeconds, isPlaying } = resumption.current;
    if (atSeconds > 0) element.currentTime = atSeconds;
    // A browser may require a user gesture. Then it shows its play button, and nothing else is needed.
    if (isPlaying) element.play().catch(() => {});
  }

  function renewIfStale(element: HTMLVideoElement): void {
    if (link !== null && hasShown.current && Date.now() > link.staleAtMs) renew(element);
  }

  /** Handles a video that failed: opens another link, where that may help, or shows the reason. */
  async function replace(element: HTMLVideoElement, failed: ContentLink): Promise<void> {
    // A decoding error would recur with another link.
    const isDamaged = element.error?.code === MediaError.MEDIA_ERR_DECODE;
    if (hasShown.current && !isDamaged) renew(element);
    else setFailure((isDamaged ? null : await reasonOf(failed)) ?? CANNOT_PLAY);
  }

  function retry(): void {
    setFailure(null);
    setLink(null);
    void open();
  }

  if (failure !== null) return <FailureNotice failure={failure} onRetry={retry} />;
  return (
    <div ref={frame} className="player" aria-busy={link === null}>
      {link === null ? (
        <output className="player-waiting">Opening the video…</output>
      ) : (
        // Graph's content is the video only; a transcript is another resource, which the gateway does not have yet.
        // oxlint-disable-next-line jsx-a11y/media-has-caption
        <video
          src={link.url}
          controls
          playsInline
          preload="metadata"
          aria-label={`Video of ${title}`}
          onLoadedMetadata={(event) => resume(event.currentTarget)}
          onCanPlay={() => {
            hasShown.current = true;
          }}
          onPlay={(event) => renewIfStale(event.currentTarget)}
          onSeeking={(event) => renewIfStale(event.currentTarget)}
          onError={(event) => void replace(event.currentTarget, link)}
        />
      )}
    </div>
  );
}
