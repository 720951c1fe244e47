/** The video of a recording, played and sought in place. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '../graphql/failure.ts';
import { FailureNotice } from '../page/failure-notice.tsx';
import type { RecordingKey } from '../graphql/key.ts';
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
  advice: 'Try again. If it stays so, the recording itself may not be available.',
  detail: null,
  canRetry: true,
  retryAfterSeconds: null,
};

/** Where to go on, and whether at once, when the video is opened anew by another link. */
interface Resumption {
  readonly atSeconds: number;
  readonly isPlaying: boolean;
}

/**
 * Plays a recording. Its link ends after a while, and often before the recording does: when the video fails by a link that had
 * already shown something, or is played or sought when its link is about to end, another link takes over at the same place.
 */
export function Player({ recording, title, onClose }: PlayerProps) {
  const askForLink = useContentLinks(recording);
  const [link, setLink] = useState<ContentLink | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const resumption = useRef<Resumption>({ atSeconds: 0, isPlaying: true });
  const isAsking = useRef(false);
  /** Whether the present link has shown something at the place where it was opened: if not, another one would not either. */
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

  // Nothing is set here, but when the link has come.
  // oxlint-disable-next-line react/set-state-in-effect
  useEffect(() => void open(), [open]);

  useEffect(() => {
    frame.current?.scrollIntoView({ block: 'nearest' });
  }, []);

  useEffect(() => {
    const closeByKey = (event: KeyboardEvent): void => {
      // Out of full screen the same key leads, and no further.
      if (event.key === 'Escape' && document.fullscreenElement === null) onClose();
    };
    window.addEventListener('keydown', closeByKey);
    return () => window.removeEventListener('keydown', closeByKey);
  }, [onClose]);

  /** Opens the video by another link, and goes on where it is. */
  function renew({ currentTime, paused }: HTMLVideoElement): void {
    // Also while a link is on its way: whoever drags the slider means the place where they let go.
    resumption.current = { atSeconds: currentTime, isPlaying: !paused };
    void open();
  }

  function resume(element: HTMLVideoElement): void {
    const { atSeconds, isPlaying } = resumption.current;
    if (atSeconds > 0) element.currentTime = atSeconds;
    // A browser may want to be asked by hand. Then it shows the button for it, and that is all there is to do.
    if (isPlaying) element.play().catch(() => {});
  }

  function renewIfStale(element: HTMLVideoElement): void {
    if (link !== null && hasShown.current && Date.now() > link.staleAtMs) renew(element);
  }

  /** What to do about a video that has failed: another link, where that may help, or words. */
  async function replace(element: HTMLVideoElement, failed: ContentLink): Promise<void> {
    // What cannot be decoded is the same by another link.
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
        // What Graph gives is the video alone; a transcript is another resource, which the gateway does not have yet.
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
