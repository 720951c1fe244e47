/** The content of one recording of ten seconds, behind a link. */
import { at, startGateway } from './gateway.ts';
import type { GraphQLResponse, TestGateway, TestGatewayOptions } from './gateway.ts';

const CONTENT = `query ($organizer: ID!, $meeting: ID!, $recording: ID!, $seconds: Int) {
  callRecording(meetingOrganizerId: $organizer, meetingId: $meeting, id: $recording) {
    content(expiresInSeconds: $seconds) { url expirationDateTime }
  }
}`;

/** The address of a recording. */
export interface Recording {
  readonly id: string;
  readonly meetingId: string;
  readonly organizerId: string;
}

export interface LinkOptions {
  readonly seconds?: number;
  readonly headers?: Record<string, string>;
}

/** Requests a link to a recording, and gives the whole response. */
export function askForContent(
  gateway: TestGateway,
  { id, meetingId, organizerId }: Recording,
  { seconds, headers = {} }: LinkOptions = {},
): Promise<GraphQLResponse> {
  const variables = { organizer: organizerId, meeting: meetingId, recording: id, seconds };
  return gateway.query(CONTENT, variables, headers);
}

/** A link to a recording. Throws when there is none. */
export async function linkTo(gateway: TestGateway, recording: Recording, options: LinkOptions = {}): Promise<string> {
  const response = await askForContent(gateway, recording, options);
  const url = at(response, 'data.callRecording.content.url');
  if (typeof url === 'string') return url;
  throw new Error(`Expected a link, but ${JSON.stringify(response)} came.`);
}

/** Another link to the recording that was added last. Throws when there is none. */
export function linkToNewest(gateway: TestGateway): Promise<string> {
  const newest = gateway.emulator.tenant.recordings.at(-1);
  if (newest === undefined) throw new Error('Expected a recording.');
  return linkTo(gateway, newest);
}

/** Adds a recording of ten seconds, whose video has some hundred kilobytes. */
export function addShortRecording(
  { emulator }: Pick<TestGateway, 'emulator'>,
  given: { readonly id?: string; readonly meetingId?: string } = {},
): Recording {
  return emulator.addRecording({
    createdDateTime: '2026-11-16T09:00:00.0000000Z',
    endDateTime: '2026-11-16T09:00:10.0000000Z',
    ...given,
  });
}

export interface Setting {
  readonly gateway: TestGateway;
  readonly recording: Recording;
  readonly url: string;
  /** The bytes as Graph has them. */
  readonly whole: Buffer;
  /** The requests for content that reached Graph since the link was made: `whole` or the range. */
  asked(): string[];
  /** Forgets the requests that reached Graph. */
  forget(): void;
}

/** Starts a gateway with one short recording, and a link to it. */
export async function startContent(options: TestGatewayOptions = {}): Promise<Setting> {
  const gateway = await startGateway(options);
  const recording = addShortRecording(gateway);
  const url = await linkTo(gateway, recording);
  const { emulator } = gateway;
  const forget = emulator.clearRequests;
  const response = await fetch(url);
  const whole = Buffer.from(await response.arrayBuffer());
  forget();
  return {
    gateway,
    recording,
    url,
    whole,
    asked: () =>
      emulator.requests
        .filter(({ url: target }) => target.endsWith('/content'))
        .map(({ headers }) => headers.range ?? 'whole'),
    forget,
  };
}
