/** What clients read about errors that no code foresees. */
const FAULT = 'The gateway failed with an internal error. Its log contains the reason';

/** The sentence for an error that no code foresees. The client reads no more about it. */
export const INTERNAL_ERROR = `${FAULT}.`;

/** The same in a response, whose id finds the reason in the log. */
export const INTERNAL_ERROR_OF_RESPONSE = `${FAULT}, under the x-request-id of this response.`;
