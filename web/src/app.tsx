/** The viewer: chooses the organizer and the access token. */
import { ApolloProvider } from '@apollo/client/react';
import { useMemo, useState } from 'react';
import { createClient } from './graphql/client.ts';
import { OrganizerForm } from './page/organizer-form.tsx';
import { PageHead } from './page/page-head.tsx';
import { RecordingsPage } from './page/recordings-page.tsx';

/** Shows the recordings of the organizer named in the page's address, `?organizer=`. */
export function App() {
  const organizerId = new URLSearchParams(window.location.search).get('organizer');
  const [attempt, setAttempt] = useState(0);
  const [accessToken, setAccessToken] = useState<string | null>(null);
  // Another token may belong to another user, so the client is replaced together with its cache.
  const client = useMemo(() => createClient(() => accessToken), [accessToken]);

  if (organizerId === null || organizerId === '') {
    return (
      <>
        <PageHead />
        <main>
          <OrganizerForm />
        </main>
      </>
    );
  }
  return (
    <ApolloProvider client={client}>
      <RecordingsPage
        key={attempt}
        organizerId={organizerId}
        onRetry={() => setAttempt(attempt + 1)}
        onToken={(token) => {
          setAccessToken(token);
          setAttempt(attempt + 1);
        }}
      />
    </ApolloProvider>
  );
}
