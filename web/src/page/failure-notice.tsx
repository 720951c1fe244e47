import type { Failure } from '../graphql/failure.ts';

interface FailureNoticeProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
}

/** When it is worth trying again, where the gateway has said so. */
function whenText(seconds: number | null): string {
  if (seconds === null) return '';
  return seconds === 1 ? ' That is worth it in a second.' : ` That is worth it in ${seconds} seconds.`;
}

/** Says what went wrong, what can be done, and what the gateway itself said. */
export function FailureNotice({ failure, onRetry }: FailureNoticeProps) {
  const { title, advice, detail, canRetry, retryAfterSeconds } = failure;
  return (
    <div className="notice" role="alert">
      <p className="notice-title">{title}</p>
      <p>
        {advice}
        {whenText(retryAfterSeconds)}
      </p>
      {detail !== null && <p className="said">{detail}</p>}
      {canRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
