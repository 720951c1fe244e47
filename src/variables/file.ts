/** Values that are paths of files, and values that are read by a function of another module. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { optional } from './variable.ts';
import type { Variable } from './variable.ts';

/**
 * A key in PEM, a JSON Web Token, an address with a user or a query. It refuses a path, so the beginning of a token is not
 * enough.
 */
const LOOKS_SECRET = /-----BEGIN|\beyJ[\w-]{10,}\.|:\/\/[^/@]*@|:\/\/[^?]*\?./;

/** Whether a text has the form of a secret. */
export function looksSecret(text: string): boolean {
  return LOOKS_SECRET.test(text);
}

/** Why a file has no value. Only for functions whose errors repeat nothing of the file: the path may lead to any. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return `the file cannot be read (${String(error.code)}).`;
  return error instanceof Error ? error.message : String(error);
}

/** The result of `read` for a text. An error that `read` throws is a fault, to which `reason` adds why. */
export const readBy = <Value>(read: (text: string) => Value, reason?: (error: unknown) => string) =>
  z.string().transform((value, context) => {
    try {
      return read(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: String(error), params: { reason: reason?.(error) } });
      return z.NEVER;
    }
  });

/** The result of `read` for the text of a file. An error that `read` throws is a fault, with what `reason` says. */
export const fileOf = <Value>(read: (text: string) => Value, reason = reasonOf) =>
  readBy((path) => read(readFileSync(path, 'utf8')), reason);

/** A variable that is the path of a file, read again whenever it is needed. It must be readable at the start. */
export function filePath(does: string): Variable<string | undefined> {
  const schema = readBy((path) => {
    readFileSync(path);
    return path;
  }, reasonOf);
  return optional({ schema, expected: 'the path of a readable file', does });
}

/** A variable that is the path of a PEM file with a certificate; its value is the text of the file. */
export function certificateFile(does: string): Variable<string | undefined> {
  const schema = fileOf((pem) => {
    try {
      void new X509Certificate(pem);
    } catch (cause) {
      throw new Error('the file does not contain a PEM certificate.', { cause });
    }
    return pem;
  });
  return optional({ schema, expected: 'the path of a readable PEM file with a certificate', does });
}
