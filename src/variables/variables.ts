/** Every environment variable of the gateway: one entry each, with its schema, default and description. */
import { z } from 'zod';
import { accessVariables } from './access.ts';
import { clientVariables } from './clients.ts';
import { feedVariables } from './feed.ts';
import { limitVariables } from './limits.ts';
import { defaulted, oneOf, wholeNumber } from './variable.ts';

/** Every variable, in the order of docs/configuration.md. */
export const variables = {
  PORT: wholeNumber(
    { from: 0, to: 65_535, default: 4000 },
    'Sets the port to listen on; `0` selects a free one.',
    'a port',
  ),
  HOST: defaulted({
    schema: z.string(),
    default: '127.0.0.1',
    expected: 'an address to listen on',
    does: 'Sets the address to listen on; `0.0.0.0` means every address of the machine.',
  }),
  LOG_LEVEL: oneOf(
    { values: ['trace', 'debug', 'info', 'warn', 'error', 'silent'], default: 'info' },
    'Sets the log level; `debug` logs each request to Graph.',
  ),
  ...accessVariables,
  ...limitVariables,
  ...clientVariables,
  ...feedVariables,
};

/** The name of a variable. */
export type Name = keyof typeof variables;
