/** The time window of a list. */
import { InputError } from '../../msgraph/error.ts';
import type { CreatedWindow } from '../../recordings/recordings.ts';

/** Checks the time window of a list. Throws an `InputError` when it ends before it starts, which must be a mistake. */
export function createdWindow(window: CreatedWindow): CreatedWindow {
  const { startDateTime: start, endDateTime: end } = window;
  if (start && end && Date.parse(start) > Date.parse(end)) {
    throw new InputError(
      `"startDateTime" must not be after "endDateTime", but ${start} is after ${end}. Use the earlier one as "startDateTime".`,
    );
  }
  return window;
}
