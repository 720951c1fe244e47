/** A Graph that has nothing but one list, as the test has it, for what the emulator's lists never are. */
import { startServer } from './server.ts';

/** Starts one that ends with the test and answers each request with what there is below its path at that moment. Resolves with its origin. */
export function startListOfGraph(
  answer: (target: string, origin: string) => Readonly<Record<string, unknown>>,
): Promise<string> {
  return startServer(({ url = '', headers }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(url, `http://${headers.host}`)));
  });
}
