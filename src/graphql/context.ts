import type { Recordings } from '../recordings/recordings.ts';

/** What every resolver of one operation is given. */
export interface Context {
  readonly recordings: Recordings;
}
