interface SaidProps {
  /** The words of the gateway; null where it said nothing. */
  readonly detail: string | null;
}

/** What the gateway said: for whoever has to mend it, and so not in everybody's way. */
export function Said({ detail }: SaidProps) {
  if (detail === null) return null;
  return (
    <details className="said">
      <summary>What the gateway said</summary>
      <p>{detail}</p>
    </details>
  );
}
