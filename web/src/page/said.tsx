interface SaidProps {
  /** The gateway's message; null where there is none. */
  readonly detail: string | null;
}

/** The gateway's message, collapsed because it is for operators. */
export function Said({ detail }: SaidProps) {
  if (detail === null) return null;
  return (
    <details className="said">
      <summary>Message from the gateway</summary>
      <p>{detail}</p>
    </details>
  );
}
