/** A Graph with only one list, made by the test, for lists that the emulator never has. */
import { startServer } from './server.ts';

/** Starts one that ends with the test and answers each request with `answer`. Resolves with its origin. */
export function startListOfGraph(
  answer: (target: string, origin: string) => Readonly<Record<string, unknown>>,
): Promise<string> {
  return startServer(({ url = '', headers }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(url, `http://${headers.host}`)));
  });
}
