/** A gateway over an emulator, for the columns in which Graph fails. */
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { Match } from '../../src/emulator/faults/match.ts';
import type { GraphAccess } from '../../src/graph-access.ts';
import { createDrivenClock } from '../support/clock.ts';
import type { DrivenClock } from '../support/clock.ts';
import { startGateway } from '../support/gateway.ts';
import type { GraphQLResponse, TestGateway, TestGatewayOptions } from '../support/gateway.ts';
import type { Stage } from './column.ts';
import type { Fault } from './faults.ts';
import { wordsOf, wordsOfRequests } from './words.ts';

type Tenant = Emulator['tenant'];

/** The request to Graph that a fault strikes. */
export interface Target {
  /** The request, or the part of a batch. */
  readonly target: (tenant: Tenant) => Match;
  /** The request that carries it, for faults that a part cannot have alone; the same when left out. */
  readonly carrier?: Match;
  /** Whether others precede it over the same connection. */
  readonly isLater?: boolean;
}

/** A request to the gateway, and its tenant. */
export interface Question extends Target {
  readonly tenant: TestGatewayOptions['tenant'];
  readonly settings?: TestGatewayOptions['settings'];
  readonly document: string;
  /** Its variables; the requests to obtain them are not counted. */
  readonly variables: (gateway: TestGateway) => Promise<Record<string, unknown>>;
}

/** A gateway over an emulator, both with the same clock. */
export interface Ground {
  readonly clock: DrivenClock;
  readonly emulator: Emulator;
  readonly gateway: TestGateway;
  readonly close: () => Promise<void>;
}

const OF_PARTS: readonly string[] = ['status', 'html', 'wrongContentType', 'empty', 'wrongJson'];

/** Access to a Graph that accepts any token, with a new token after each refused one. */
function accessTo(origin: string): GraphAccess {
  let given = 1;
  return {
    origin,
    getToken(rejected) {
      if (rejected === `token-${given}`) given += 1;
      return Promise.resolve(`token-${given}`);
    },
    onBehalfOf: null,
    description: 'a Graph that fails',
  };
}

/** Starts both, and the access of one to the other. Each retry waits for the longest time it may wait. */
export async function startGround(
  { tenant, settings }: Pick<Question, 'tenant' | 'settings'>,
  access: (origin: string, clock: Clock) => GraphAccess | Promise<GraphAccess> = accessTo,
): Promise<Ground> {
  const clock = createDrivenClock();
  const emulator = await createEmulator({
    ...(tenant === undefined ? {} : { tenant }),
    settings: { pageSize: 100, ...settings },
    now: () => clock.now(),
  });
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= emulator.close());
  onTestFinished(close);
  const gateway = await startGateway({
    clock,
    emulator,
    random: () => 1,
    graph: await access(emulator.url, clock),
    logLevel: 'silent',
  });
  return { clock, emulator, gateway, close };
}

/** Lets a fault strike the target. */
export async function strike(
  { emulator, close }: Ground,
  { target, carrier, isLater }: Target,
  fault: Fault,
): Promise<void> {
  const part = target(emulator.tenant);
  const whole = carrier ?? part;
  if (fault === 'always') return;
  if (fault === 'silent') {
    emulator.hold(whole);
    return;
  }
  if (fault !== 'refused') {
    emulator.fail({ ...fault, match: OF_PARTS.includes(fault.kind) ? part : whole });
    return;
  }
  if (isLater !== true) {
    await close();
    return;
  }
  // A later request uses an open connection, so Graph has to close during it.
  void emulator.hold(whole).arrived(1).then(close);
}

/** The requests that reached Graph, each in a few words. */
export function requestsOf({ requests }: Emulator): string[] {
  return requests.map(({ method, parts }) => (parts ? `batch of ${parts.length}` : method));
}

const whole = new Map<Question, Promise<GraphQLResponse>>();

/** The answer without a fault. */
export async function askUnharmed(question: Question): Promise<GraphQLResponse> {
  const { gateway } = await startGround(question);
  return gateway.query(question.document, await question.variables(gateway));
}

/** Starts a stage that sends a GraphQL document. */
export async function startQuestion(question: Question): Promise<Stage> {
  const unharmed = whole.get(question) ?? askUnharmed(question);
  whole.set(question, unharmed);
  const expected = await unharmed;
  const ground = await startGround(question);
  const { clock, emulator, gateway } = ground;
  const variables = await question.variables(gateway);
  emulator.clearRequests();
  return {
    clock,
    strike: (fault) => strike(ground, question, fault),
    ask: async () => wordsOf(expected, await gateway.query(question.document, variables)),
    asked: () => wordsOfRequests(requestsOf(emulator)),
  };
}
