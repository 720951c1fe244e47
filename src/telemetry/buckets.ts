/** The bucket bounds of all duration histograms, in seconds: from a trivial request to the longest operation. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
