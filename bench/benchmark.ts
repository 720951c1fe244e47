/** What every benchmark is, to the program that runs them. */

/** How one is run. */
export interface Choices {
  /** Whether to measure only what says soonest whether a change has helped. */
  readonly isQuick: boolean;
  /** Whether to write the page of the documentation anew, of a benchmark that has one. */
  readonly isWritten: boolean;
  /** Where Node.js writes what the processor did in the gateway; null to let it work unobserved. */
  readonly profileFolder: string | null;
}

export interface Report {
  /** In Markdown. */
  readonly page: string;
  /** What must not be, each in a sentence. */
  readonly faults: readonly string[];
}

export interface Benchmark {
  /** What is not measured by then is left out. */
  readonly longestMs: number;
  /** Measures until the signal aborts, and tells what came of it. */
  readonly report: (signal: AbortSignal, choices: Choices) => Promise<Report>;
}
