import { useState } from 'react';
import type { Failure } from '../graphql/failure.ts';
import { Said } from './said.tsx';

interface AccessTokenFormProps {
  readonly failure: Failure;
  readonly onToken: (token: string) => void;
}

/** Asks for an access token. A real application would get one from Entra ID with a sign-in library such as MSAL. */
export function AccessTokenForm({ failure, onToken }: AccessTokenFormProps) {
  const [token, setToken] = useState('');
  return (
    <form
      className="notice"
      onSubmit={(event) => {
        event.preventDefault();
        onToken(token.trim());
      }}
    >
      <p className="notice-title" role="alert">
        {failure.title}
      </p>
      <Said detail={failure.detail} />
      <label htmlFor="access-token">Access token for the gateway</label>
      <input
        id="access-token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        required
        aria-describedby="access-token-kept"
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <p id="access-token-kept" className="hint">
        The token is kept only in the memory of this page. It is not stored, and it is discarded when the page is closed
        or reloaded.
      </p>
      <button type="submit" className="button button-strong">
        Show recordings
      </button>
    </form>
  );
}
