/** The icons of the page. They are decorative: adjacent text says the same. */

/** A triangle: plays. */
export function PlayIcon() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" fill="currentColor">
      <path
        d="M8 5.6c0-.9 1-1.5 1.8-1L19 10.3c.8.5.8 1.6 0 2.1l-9.2 5.7c-.8.5-1.8 0-1.8-1z"
        transform="translate(0 .65)"
      />
    </svg>
  );
}

/** A cross: closes. */
export function CloseIcon() {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
    >
      <path d="M6.5 6.5l11 11M17.5 6.5l-11 11" strokeLinecap="round" />
    </svg>
  );
}

/** A dot in a ring, as on the button that records: the mark of the gateway. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <circle className="mark-ring" cx="16" cy="16" r="13" fill="none" strokeWidth="3" />
      <circle className="mark-dot" cx="16" cy="16" r="7" />
    </svg>
  );
}
