/** Detects dead connections: after a laptop's sleep, for instance, a dead connection looks like an idle one. */

/** The gateway sends something every 12 seconds, so a connection silent for this long is dead. */
const SILENCE_MS = 30_000;

/** Like `fetch`, but the response body fails after a long silence. */
export async function fetchUnlessSilent(input: string, init: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = (controller: TransformStreamDefaultController<Uint8Array>): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.error(new Error(`The gateway sent nothing for ${SILENCE_MS} ms.`)), SILENCE_MS);
  };
  const watched = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: watch,
      transform(chunk, controller) {
        watch(controller);
        controller.enqueue(chunk);
      },
      flush: () => clearTimeout(timer),
    }),
  );
  init.signal?.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return new Response(watched, response);
}
