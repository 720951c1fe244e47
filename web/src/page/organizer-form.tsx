import { useState } from 'react';

/** Asks for an organizer, and navigates to the address of their recordings, which can be bookmarked and shared. */
export function OrganizerForm() {
  const [organizerId, setOrganizerId] = useState('');
  return (
    <form
      className="notice"
      onSubmit={(event) => {
        event.preventDefault();
        window.location.search = new URLSearchParams({ organizer: organizerId.trim() }).toString();
      }}
    >
      <p className="notice-title">Choose an organizer</p>
      <label htmlFor="organizer">Object id of the user who organized the meetings</label>
      <input
        id="organizer"
        autoComplete="off"
        spellCheck={false}
        required
        value={organizerId}
        onChange={(event) => setOrganizerId(event.target.value)}
      />
      <button type="submit" className="button button-strong">
        Show recordings
      </button>
    </form>
  );
}
