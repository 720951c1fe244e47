/** Secrets in the wrong place of a request, by mistake of a client. */
import { LISTEN } from './live.ts';
import type { Stage } from './secret-stage.ts';
import type { Asked, Opened } from './visitor.ts';

type Table<Value> = Readonly<Record<string, Value>>;

const NOTHING = { query: '{ __typename }' };

/** In URLs. */
const inPaths = (secret: string): Table<Asked> => ({
  'the query of /graphql': { path: `/graphql?access_token=${secret}`, body: NOTHING },
  'the query of a GET': { path: `/graphql?query={__typename}&access_token=${secret}` },
  'the query, as GraphQL': { path: `/graphql?query=${secret}` },
  'the query, as variables': { path: `/graphql?query={__typename}&variables=${secret}` },
  'the query, as extensions': { path: `/graphql?query={__typename}&extensions=${secret}` },
  'the query of /healthz': { path: `/healthz?access_token=${secret}` },
  'the query of /readyz': { path: `/readyz?access_token=${secret}` },
  'the query of the playground': { path: `/?access_token=${secret}`, headers: { accept: 'text/html' } },
  'the query of /notifications': { path: `/notifications?access_token=${secret}`, method: 'POST' },
  'a link to content': { path: `/content/${secret}` },
  'the query of a link to content': { path: `/content/none?access_token=${secret}` },
  'the query of no path': { path: `/nowhere?access_token=${secret}` },
  'the query of metrics': { path: `/metrics?access_token=${secret}` },
  'a path': { path: `/${secret}` },
  'a path below /graphql': { path: `/graphql/${secret}` },
  'a path that is malformed': { path: `/%zz${secret}` },
  'a path behind a semicolon': { path: `/graphql;access_token=${secret}` },
  'a fragment': { path: `/graphql#access_token=${secret}` },
  'an address with a user': { path: `http://somebody:${secret}@127.0.0.1/graphql` },
  'a GET for events': {
    path: `/graphql?query=${encodeURIComponent(LISTEN)}&variables=${secret}`,
    headers: { accept: 'text/event-stream' },
  },
});

/** In headers. */
const inHeaders = (secret: string): Table<Asked> => ({
  ...Object.fromEntries(
    ['cookie', 'x-api-key', 'x-request-id', 'referer', 'user-agent', 'traceparent', 'proxy-authorization'].map(
      (name) => [`the header ${secret}`, { headers: { [name]: secret }, body: NOTHING }],
    ),
  ),
  'the header authorization, without Bearer': { headers: { authorization: secret }, body: NOTHING },
  'the range of content': { path: '/content/none', headers: { range: secret, 'if-range': secret } },
  'the header content-type': { headers: { 'content-type': `application/json; token=${secret}` }, body: NOTHING },
  'the header content-type, as a whole': { headers: { 'content-type': secret }, body: NOTHING },
  'the header accept': { headers: { accept: secret }, body: NOTHING },
  'the header origin': { path: '/graphql?query={__typename}', headers: { origin: `https://${secret}` } },
  'a method': { method: 'PROPFIND', path: `/graphql?access_token=${secret}` },
});

/** In bodies, none of which is as it should be. */
const inBodies = (secret: string): Table<unknown> => ({
  'a body that is no JSON': secret,
  'a body of a form': `access_token=${secret}`,
  'a body without a query': { access_token: secret },
  'a body that is too large': `${secret}${' '.repeat(256 * 1_024)}`,
  'a body that is cut': `{"query":"${secret}`,
  'a name of an operation': { ...NOTHING, operationName: secret },
  'extensions that are no object': { ...NOTHING, extensions: secret },
  'the digest of a persisted query': { extensions: { persistedQuery: { version: 1, sha256Hash: secret } } },
  'variables that are no object': { ...NOTHING, variables: secret },
  'a variable that nobody declares': { ...NOTHING, variables: { token: secret } },
});

const variable = (type: string, field: string, secret: string): unknown => ({
  query: `query ($given: ${type}) { ${field} }`,
  variables: { given: secret },
});

/** In documents and their variables, in places of every type. */
const inDocuments = (secret: string): Table<unknown> => {
  return {
    'a document': { query: secret },
    'a document, as a string': { query: `"${secret}"` },
    'a comment': { query: `{ __typename } # ${secret}` },
    'a field': { query: `{ ${secret} }` },
    'an alias': { query: `{ ${secret}: nothing }` },
    'the name of an argument': { query: `{ user(${secret}: 1) { id } }` },
    'a directive': { query: `{ __typename @${secret} }` },
    'a type': { query: `query ($given: ${secret}) { __typename }` },
    'the name of a fragment': { query: `{ ...${secret} }` },
    'an argument that is a number': variable(
      'Int',
      'callRecordings(meetingOrganizerId: "x", first: $given) { nodes { id } }',
      secret,
    ),
    'an argument that is an instant': variable(
      'DateTime',
      'callRecordings(meetingOrganizerId: "x", startDateTime: $given) { nodes { id } }',
      secret,
    ),
    'an argument that is a cursor': variable(
      'String',
      'callRecordings(meetingOrganizerId: "x", after: $given) { nodes { id } }',
      secret,
    ),
    'an argument that is a token of the feed': variable(
      'String',
      'callRecordingDelta(meetingOrganizerId: "x", since: $given) { token }',
      secret,
    ),
    'an argument that is an id': variable('ID!', 'user(id: $given) { displayName }', secret),
    'an argument that is a literal': { query: `{ user(id: "${secret}") { displayName } }` },
    'a representation': {
      query: 'query ($given: [_Any!]!) { _entities(representations: $given) { __typename } }',
      variables: { given: [{ __typename: secret }, { __typename: 'User', id: [secret] }] },
    },
  };
};

/** In messages over a WebSocket. */
const inMessages = (secret: string): Table<Opened> => {
  const init = { type: 'connection_init' };
  return {
    'a subprotocol': { protocols: ['access_token', secret], messages: [] },
    'a message that is none': { messages: [secret] },
    'a type of a message': { messages: [{ type: secret }] },
    'the payload of a message': { messages: [init, { id: '1', type: 'subscribe', payload: { query: secret } }, init] },
    'what opens a connection': { messages: [{ ...init, payload: { token: secret } }, { ...init }] },
  };
};

/** In malformed HTTP. */
const inBytes = (secret: string): Table<string> => ({
  'a first line': `GET /graphql?access_token=${secret} HTTP/9\r\n\r\n`,
  'a method that there is not': `${secret} / HTTP/1.1\r\nhost: localhost\r\n\r\n`,
  'a header that is none': `GET /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${secret}\r\nnone\r\n\r\n`,
  'a length that is none': `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${secret}\r\n\r\n`,
  'headers that are too long': `GET / HTTP/1.1\r\nhost: localhost\r\ncookie: ${secret.repeat(100)}\r\n\r\n`,
});

/** Puts a secret in every wrong place, with a valid `Authorization` header wherever one is possible. */
export async function misplace({ visitor }: Stage, secret: string, authorization: string): Promise<void> {
  const bodies = Object.entries({ ...inBodies(secret), ...inDocuments(secret) });
  const headers = { authorization, 'content-type': 'application/json' };
  const asked = [
    ...Object.entries({ ...inPaths(secret), ...inHeaders(secret) }).map(
      ([place, { headers: others, ...rest }]) => [place, { ...rest, headers: { authorization, ...others } }] as const,
    ),
    ...bodies.map(([place, body]) => [place, { headers, body }] as const),
  ];
  const opened = Object.entries(inMessages(secret)).map(([place, { messages, ...rest }]) =>
    visitor.open(`a WebSocket with a token in ${place}`, { ...rest, headers: { authorization }, messages }),
  );
  await Promise.all([
    ...asked.map(([place, given]) => visitor.ask(`a request with a token in ${place}`, given)),
    ...Object.entries(inBytes(secret)).map(([place, bytes]) =>
      visitor.sendRaw(`bytes with a token in ${place}`, bytes),
    ),
    ...opened.map((ear) => ear.until(/closed:|"error/)),
  ]);
  for (const ear of opened) ear.leave();
}
