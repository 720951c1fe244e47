/** A connection that has died without a word, because a laptop slept for instance, looks like one on which nothing happens. */

/** The gateway says something every 12 seconds; who has heard nothing for so long is talking to nobody. */
const SILENCE_MS = 30_000;

/** Like `fetch`, but the body of the response fails when it has been silent for too long. */
export async function fetchUnlessSilent(input: string, init: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = (controller: TransformStreamDefaultController<Uint8Array>): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.error(new Error('The gateway has gone silent.')), SILENCE_MS);
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
