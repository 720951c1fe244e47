/** A schema that parses JSON texts. */
import { z } from 'zod';

/** A text that has to be JSON, parsed into its value. */
export const jsonText = z.string().transform((text, context) => {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    context.addIssue({ code: 'custom', message: 'expected JSON' });
    return z.NEVER;
  }
});
