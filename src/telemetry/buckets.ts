/** The bounds of the histograms of durations: from what costs nothing to what an operation may take. In seconds. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
