/** Serves one request, alone or part of a batch: holds, faults, the answer, and errors in the form of Graph. */
import { alter, answerInstead } from './faults/fault-effect.ts';
import type { Fault, Faults } from './faults/faults.ts';
import type { Holds } from './faults/hold.ts';
import { GraphError } from './graph-error.ts';
import { json } from './http/exchange.ts';
import type { GraphAnswer, GraphRequest } from './http/exchange.ts';

/** An answer, and the fault that applies to it, which may still affect the transmission. */
export interface Served {
  readonly answer: GraphAnswer;
  readonly fault?: Fault;
}

export type Serve = (request: GraphRequest) => Promise<Served>;

/**
 * Serves each request, whether it came alone or in a batch: it waits at holds that match, takes a fault if one is armed
 * for it, and is answered. Any error thrown on the way becomes an answer in the form of Graph's errors.
 */
export function createService(dependencies: {
  readonly answer: (request: GraphRequest) => Promise<GraphAnswer>;
  readonly faults: Pick<Faults, 'take'>;
  readonly holds: Pick<Holds, 'pass'>;
  readonly now: () => number;
}): Serve {
  const { answer, faults, holds, now } = dependencies;
  return async (request) => {
    await holds.pass(request);
    const fault = faults.take(request);
    if (fault === undefined) {
      return { answer: await answerOrRefuse(request, () => answer(request), now) };
    }
    const faulty = await answerOrRefuse(
      request,
      async () => alter(fault, request, answerInstead(fault, now()) ?? (await answer(request))),
      now,
    );
    return { answer: faulty, fault };
  };
}

/**
 * Returns the answer of `attempt`, or the error it throws as an answer. An error that is not a GraphError is a bug in
 * the emulator, and its answer says so.
 */
export async function answerOrRefuse(
  request: GraphRequest,
  attempt: () => Promise<GraphAnswer>,
  now: () => number,
): Promise<GraphAnswer> {
  try {
    return await attempt();
  } catch (thrown) {
    const error =
      thrown instanceof GraphError
        ? thrown
        : new GraphError(500, 'InternalServerError', `The emulator failed: ${String(thrown)}`);
    const innerError = {
      ...error.innerError,
      date: new Date(now()).toISOString().slice(0, 19),
      'request-id': request.requestId,
      'client-request-id': request.clientRequestId,
    };
    return json({ error: { code: error.code, message: error.message, innerError } }, error.status, error.headers);
  }
}
