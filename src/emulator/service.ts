import { json } from './exchange.ts';
import type { GraphAnswer, GraphRequest } from './exchange.ts';
import { alter, answerInstead } from './fault-effect.ts';
import type { Fault, Faults } from './faults.ts';
import { GraphError } from './graph-error.ts';
import type { Holds } from './hold.ts';

/** An answer, and the fault that has struck it, of which a part may still have to go wrong on the wire. */
export interface Served {
  readonly answer: GraphAnswer;
  readonly fault?: Fault;
}

export type Serve = (request: GraphRequest) => Promise<Served>;

/**
 * The way of every request, whether it came alone or in a batch: it waits where it is held, meets its fault if one is
 * armed for it, and is answered. Whatever is thrown on the way, the answer is an error in the form of Graph.
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
 * What `attempt` answers, or what it throws as an answer. An error that is not one of Graph's is a mistake in the
 * emulator, and its answer says so.
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
