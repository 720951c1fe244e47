import type { Failure } from '../graphql/failure.ts';
import { Said } from './said.tsx';

interface FailureNoticeProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
}

/** When to retry, where the gateway has said so. */
function whenText(seconds: number | null): string {
  if (seconds === null) return '';
  return seconds === 1 ? ' Wait at least 1 second.' : ` Wait at least ${seconds} seconds.`;
}

/** Shows a failure: its title, the advice, and the gateway's own message. */
export function FailureNotice({ failure, onRetry }: FailureNoticeProps) {
  const { title, advice, detail, canRetry, retryAfterSeconds } = failure;
  return (
    <div className="notice" role="alert">
      <p className="notice-title">{title}</p>
      <p>
        {advice}
        {whenText(retryAfterSeconds)}
      </p>
      <Said detail={detail} />
      {canRetry && (
        <button type="button" className="button button-strong" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
