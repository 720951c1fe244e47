/** The page of one organizer. */
import { useEffect, useRef } from 'react';
import { useRecordings } from '../live/use-recordings.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { AccessTokenForm } from './access-token-form.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { Mark } from './icons.tsx';
import { LiveSign } from './live-sign.tsx';
import { PageHead } from './page-head.tsx';

interface RecordingsPageProps {
  readonly organizerId: string;
  /** Starts over. */
  readonly onRetry: () => void;
  readonly onToken: (token: string) => void;
}

/** Shows the recordings of one organizer in every state: loading, loaded, none, or a failure. */
export function RecordingsPage({ organizerId, onRetry, onToken }: RecordingsPageProps) {
  const { nodes, hasMore, isLoadingMore, failure, live, liveFailure, appeared, showMore } = useRecordings(organizerId);
  const unauthenticated = [failure, liveFailure].find((found) => found?.code === 'UNAUTHENTICATED') ?? null;
  const end = useRef<HTMLParagraphElement>(null);
  const wasLoadingMore = useRef(false);

  // The button disappears when all pages are loaded. A keyboard user must not lose the focus to the top of the page.
  useEffect(() => {
    if (wasLoadingMore.current && !isLoadingMore && !hasMore) end.current?.focus();
    wasLoadingMore.current = isLoadingMore;
  }, [isLoadingMore, hasMore]);

  return (
    <>
      <PageHead>
        <LiveSign state={live} failure={liveFailure} />
      </PageHead>
      <main>
        {unauthenticated !== null && <AccessTokenForm failure={unauthenticated} onToken={onToken} />}
        {failure !== null && unauthenticated === null && nodes === null && (
          <FailureNotice failure={failure} onRetry={onRetry} />
        )}
        {nodes === null && failure === null && unauthenticated === null && <Skeleton />}
        {nodes !== null && nodes.length === 0 && (
          <div className="notice notice-empty">
            <Mark />
            <p className="notice-title">No recordings yet</p>
            <p>New recordings appear here automatically.</p>
          </div>
        )}
        {nodes !== null && <Timeline recordings={nodes} appeared={appeared} />}
        {nodes !== null && failure !== null && unauthenticated === null && (
          <FailureNotice failure={failure} onRetry={() => void showMore()} />
        )}
        {hasMore && failure === null && (
          <button type="button" className="button more" aria-disabled={isLoadingMore} onClick={() => void showMore()}>
            {isLoadingMore ? 'Loading…' : 'Show more'}
          </button>
        )}
        {nodes !== null && nodes.length > 0 && !hasMore && (
          <p ref={end} tabIndex={-1} className="end">
            {nodes.length === 1 ? 'This is the only recording.' : `All ${nodes.length} recordings are shown.`}
          </p>
        )}
      </main>
    </>
  );
}

/** The placeholder of the timeline while it loads. */
function Skeleton() {
  return (
    <div className="skeleton">
      <output className="visually-hidden">Loading recordings…</output>
      {[1, 2, 3].map((place) => (
        <div key={place} className="card skeleton-card" aria-hidden="true">
          <span className="card-mark" />
          <span className="skeleton-line" />
          <span className="skeleton-line skeleton-line-short" />
        </div>
      ))}
    </div>
  );
}
