/** The control plane: endpoints that set up a running emulator and inspect it. */
import { parseFault } from './faults/faults.ts';
import type { Fault } from './faults/faults.ts';
import type { Hold } from './faults/hold.ts';
import { matchShape } from './faults/match.ts';
import type { Match } from './faults/match.ts';
import { notFound } from './graph-error.ts';
import { json } from './http/exchange.ts';
import type { GraphAnswer, GraphRequest } from './http/exchange.ts';
import type { RequestLogEntry } from './http/request-log.ts';
import type { LifecycleEvent } from './notifications/change-notification.ts';
import type { Delivery } from './notifications/subscriptions.ts';
import { splitTarget } from './path.ts';
import { settingsShape } from './settings.ts';
import type { Settings } from './settings.ts';
import { assertShape, nullable, oneOf, text, texts } from './shape.ts';
import type { Shape } from './shape.ts';
import type { Meeting, NewMeeting, NewRecording, NewUser, Recording, Tenant, User } from './tenant/tenant.ts';

/** The controls of a running emulator, available both in its process and over HTTP. */
export interface Controls {
  readonly tenant: Tenant;
  readonly settings: Settings;
  /** The requests received, in order of arrival; the newest 10,000. */
  readonly requests: readonly RequestLogEntry[];
  readonly clearRequests: () => void;
  /** Arms a fault for the next matching requests. */
  readonly fail: (fault: Fault) => void;
  readonly clearFaults: () => void;
  /** Makes matching requests wait until they are released. */
  readonly hold: (match: Match) => Hold;
  readonly addUser: (user?: NewUser) => User;
  readonly addMeeting: (meeting?: NewMeeting) => Meeting;
  /** Adds a recording to the given meeting, or to one by chance, and notifies its subscribers. */
  readonly addRecording: (recording?: NewRecording) => Recording;
  /** From now on, every delta token issued so far is answered with 410. */
  readonly expireDeltaTokens: () => void;
  /** The finished deliveries of change notifications, failed ones included; the newest 1,000. */
  readonly deliveries: readonly Delivery[];
  /** Sends a lifecycle notification of a subscription and resolves when its endpoint has answered. */
  readonly sendLifecycleEvent: (subscriptionId: string, event: LifecycleEvent) => Promise<Delivery>;
}

interface LifecycleRequest {
  readonly subscriptionId: string;
  readonly lifecycleEvent: LifecycleEvent;
}

const userShape: Shape<NewUser> = {
  id: text,
  displayName: text,
  givenName: text,
  surname: text,
  jobTitle: text,
  userPrincipalName: text,
};

const meetingShape: Shape<NewMeeting> = {
  id: text,
  organizerId: text,
  subject: text,
  startDateTime: text,
  endDateTime: text,
  attendeeIds: texts,
  threadId: text,
  joinWebUrl: text,
  joinMeetingId: text,
  videoTeleconferenceId: nullable(text),
};

const recordingShape: Shape<NewRecording> = { id: text, meetingId: text, createdDateTime: text, endDateTime: text };

const lifecycleShape: Shape<LifecycleRequest> = {
  subscriptionId: text,
  lifecycleEvent: oneOf('reauthorizationRequired', 'subscriptionRemoved', 'missed'),
};

type Command = (request: GraphRequest, id: string) => GraphAnswer | Promise<GraphAnswer>;

/**
 * The emulator's own endpoints, below `/emulator/`: JSON in and out, without a token, one endpoint for each control.
 * Throws a GraphError when there is no such endpoint or the body has the wrong shape.
 */
export function createControlPlane(controls: Controls): (request: GraphRequest) => Promise<GraphAnswer> {
  const holds = new Map<string, Hold>();
  let holdsSetUp = 0;

  function findHold(id: string): Hold {
    const hold = holds.get(id);
    if (hold === undefined) {
      throw notFound(`The hold '${id}' does not exist or was released.`);
    }
    return hold;
  }

  const commands = new Map<string, Command>([
    ['GET tenant', () => json(summary(controls.tenant))],
    ['POST users', (request) => json(controls.addUser(parse('a user', request, userShape)), 201)],
    ['POST meetings', (request) => json(controls.addMeeting(parse('a meeting', request, meetingShape)), 201)],
    ['POST recordings', (request) => json(controls.addRecording(parse('a recording', request, recordingShape)), 201)],
    ['GET settings', () => json(controls.settings)],
    [
      'PATCH settings',
      (request) => json(Object.assign(controls.settings, parse<Partial<Settings>>('settings', request, settingsShape))),
    ],
    ['POST faults', (request) => done(() => controls.fail(parseFault(request.json())))],
    ['DELETE faults', () => done(controls.clearFaults)],
    ['GET requests', () => json(controls.requests)],
    ['DELETE requests', () => done(controls.clearRequests)],
    ['POST expire-delta-tokens', () => done(controls.expireDeltaTokens)],
    ['GET deliveries', () => json(controls.deliveries)],
    [
      'POST lifecycle-events',
      async (request) => {
        const asked: unknown = request.json();
        assertShape<LifecycleRequest>('a lifecycle event', asked, lifecycleShape, ['subscriptionId', 'lifecycleEvent']);
        return json(await controls.sendLifecycleEvent(asked.subscriptionId, asked.lifecycleEvent));
      },
    ],
    [
      'POST holds',
      (request) => {
        holdsSetUp += 1;
        const id = String(holdsSetUp);
        holds.set(id, controls.hold(parse('a match', request, matchShape)));
        return json({ id }, 201);
      },
    ],
    ['GET holds/{}', (_request, id) => json({ id, held: findHold(id).held })],
    [
      'DELETE holds/{}',
      (_request, id) =>
        done(() => {
          findHold(id).release();
          holds.delete(id);
        }),
    ],
  ]);

  return async (request) => {
    const [name = '', id] = splitTarget(request.target).rawPath.replace('/emulator/', '').split('/');
    const command = commands.get(`${request.method} ${id === undefined ? name : `${name}/{}`}`);
    if (command === undefined) {
      throw notFound(`The control plane has only these endpoints: ${[...commands.keys()].join(', ')}.`);
    }
    return command(request, id ?? '');
  };
}

function done(action: () => void): GraphAnswer {
  action();
  return { status: 204, headers: {} };
}

function parse<T extends object>(what: string, request: GraphRequest, shape: Shape<T>): T {
  const value: unknown = request.json();
  assertShape<T>(what, value, shape);
  return value;
}

function summary(tenant: Tenant): unknown {
  return {
    id: tenant.id,
    users: tenant.users.map(({ id, displayName, userPrincipalName }) => ({ id, displayName, userPrincipalName })),
    meetings: tenant.meetings.map(({ id, organizerId, subject, startDateTime }) => ({
      id,
      organizerId,
      subject,
      startDateTime,
      recordings: tenant.recordingsOfMeeting(id).length,
    })),
  };
}
