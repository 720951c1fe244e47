/** The interface of a benchmark to the program that runs it. */

/** Options of a run. */
export interface Choices {
  /** Whether to measure only the cells that show soonest if a change helped. */
  readonly isQuick: boolean;
  /** Whether to rewrite the documentation page, for a benchmark that has one. */
  readonly isWritten: boolean;
  /** Folder for the gateway's CPU profile, written by Node.js; null to run without profiling. */
  readonly profileFolder: string | null;
}

export interface Report {
  /** In Markdown. */
  readonly page: string;
  /** Violated expectations, each in a sentence. */
  readonly faults: readonly string[];
}

export interface Benchmark {
  /** Time limit: measurements not made by then are left out. */
  readonly longestMs: number;
  /** Measures until the signal aborts, and reports the results. */
  readonly report: (signal: AbortSignal, choices: Choices) => Promise<Report>;
}
